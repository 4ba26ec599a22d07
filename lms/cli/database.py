"""`lms init`, `lms migrate`, `lms demo-data`."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from lms import config

if TYPE_CHECKING:
    from lms.plugins.registry import Registry


@click.command("init")
def init() -> None:
    """Make the instance folder, its secrets and the database, and migrate it. Harmless when all is there."""
    prepare()
    click.echo(f"✔ Ready: {config.settings().database_url}")


def prepare() -> list[str]:
    """Make what `lms init` makes; returns the migration steps that ran."""
    chosen = config.settings()
    for name in ("secret_key", "password_salt", "data_key", "hash_key"):
        config.add_secret(chosen.instance, name)
    chosen.files.mkdir(parents=True, exist_ok=True)
    return _migrate()


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only say what is pending; exit 1 when something is.")
def migrate(check: bool) -> None:
    """Bring the database to the shape this version needs, module by module."""
    if not check:
        ran = _migrate()
        click.echo("\n".join(f"✔ {step}" for step in ran) or "✔ Nothing more to do.")
        return
    from lms.db import migrating  # noqa: PLC0415

    bind()
    waiting, altered = migrating.pending(), migrating.changed()
    for step in waiting:
        click.echo(f"… {step.module}/{step.name}")
    for step in altered:
        click.echo(f"✖ {step.module}/{step.name} was changed after it was applied")
    raise SystemExit(1 if waiting or altered else 0)


def bind() -> None:
    """Open the database of the settings and read the manifests of the plugins, without building the application."""
    from lms.app import bind_database  # noqa: PLC0415

    bind_database(config.settings())
    discover()


def discover() -> Registry:
    """Read the manifests of the plugins."""
    from lms.plugins.registry import registry  # noqa: PLC0415  heavy; `lms --help` stays quick

    registry.discover(safe_mode=False, skip=set(filter(None, config.settings().skip_plugins.split(","))))
    return registry


def _migrate() -> list[str]:
    from lms.access.services import ensure_roles  # noqa: PLC0415
    from lms.db import connection, migrating  # noqa: PLC0415
    from lms.holding import held_back  # noqa: PLC0415
    from lms.plugins.remembering import remember  # noqa: PLC0415

    bind()
    with connection():
        with held_back() if migrating.pending() else nullcontext():
            done = migrating.migrate_all()
        ensure_roles()
        remember()
    for step, reason in done.failed.items():
        click.echo(
            f"✖ {step}: {reason}\n  Its plugin stays out until this is repaired; all others run.", err=True
        )
    return done.ran


commands = [init, migrate]
