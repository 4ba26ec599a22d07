"""`lms plugins new|words|doctor`: for authors, and for operators before they trust a plugin."""

from __future__ import annotations

from pathlib import Path

import click

from lms.cli.context import loaded_registry, with_app
from lms.errors import NotFound


@click.command("new")
@click.argument("name")
@click.option("--title", default="", help="What people call it, in English (default: from the name).")
@click.option("--title-vi", default="", help="What people call it, in Vietnamese.")
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    default=None,
    help="Make an installable package in this folder (default: inside plugins/).",
)
def new(name: str, title: str, title_vi: str, into: Path | None) -> None:
    """Start a plugin: manifest, table, page, class tab, setting, privacy answers, Vietnamese, tests."""
    from lms.plugins.scaffolding import make  # noqa: PLC0415  heavy; `lms --help` stays quick

    folder = make(name, into, title=title, title_vi=title_vi)
    click.echo(f"✔ {folder}")
    if into is not None:
        click.echo(f"  Next: pip install -e {folder.parent}")
    click.echo(f"  Next: lms migrate; lms plugins enable {name}; lms serve, then open /{name}/")


@click.command("doctor")
@click.argument("name", required=False)
@with_app
def doctor(name: str | None) -> None:
    """Look whether plugins keep the contract (all, or NAME); exit 1 when one does not. Changes nothing."""
    from lms.db import db  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.plugins.switch import refresh  # noqa: PLC0415

    registry = loaded_registry()
    if name and name not in registry.found:
        raise NotFound(f"There is no plugin {name}; found: {', '.join(registry.found)}.")
    problems = 0
    with db.atomic() as trial:
        for found in registry.in_order():
            if name in {None, found.name}:
                problems += _examine(found, every_line=bool(name))
        trial.rollback()
    refresh()
    raise SystemExit(1 if problems else 0)


def _examine(found: object, *, every_line: bool) -> int:
    """Say how one plugin stands; returns the number of problems."""
    from lms.plugins.checking import look  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.plugins.registry import Found  # noqa: PLC0415

    assert isinstance(found, Found)
    good, bad = click.style("✔", fg="green"), click.style("✖", fg="red")
    looked = list(look(found))
    count = sum(len(problems) for _check, problems in looked)
    click.echo(
        f"{bad if count else good} {found.name} {found.plugin.version}: {_verdict(len(looked), count)}"
    )
    for check, problems in looked:
        if every_line and not problems:
            click.echo(f"  {good} {check.holds}")
        for problem in problems:
            click.echo(f"  {bad} {check.holds}: no. {problem.sentence}\n    → {problem.remedy}")
    return count


def _verdict(looked: int, problems: int) -> str:
    if not problems:
        return f"keeps the contract ({looked} checks)"
    return "1 problem" if problems == 1 else f"{problems} problems"


@click.command("words")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The plugin's folder, when it is not installed.",
)
def words(name: str, folder: Path | None) -> None:
    """Bring new texts of a plugin into its Vietnamese catalogue; translations that exist are kept."""
    from lms import translating  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.plugins.registry import Registry  # noqa: PLC0415

    if folder is None:
        manifests = Registry()
        manifests.discover()
        if name not in manifests.found:
            raise NotFound(f"There is no plugin {name}; found: {', '.join(manifests.found)}.")
        folder = manifests.found[name].folder
    module = translating.Module(name, folder.resolve())
    waiting = translating.update(module)
    click.echo(f"✔ {module.catalogue_file}: {waiting} to translate")
