"""The `lms` command: every deed an operator needs, one group of commands a subject."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from lms.cli import accounts, audit, database, doctor, mail, operations, plugins
from lms.errors import LmsError

if TYPE_CHECKING:
    from lms.plugins.registry import Registry


class _Group(click.Group):
    """Turns errors meant for people into one line on stderr, and finds the commands of plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_plugin_commands()})

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands needs manifests and `cli` rooms, not the application nor its database."""
        click.Group(commands={**self.commands, **_offered_commands()}).format_commands(ctx, formatter)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _plugin_commands().get(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except LmsError as problem:
            click.echo(click.style(f"✖ {problem}", fg="red"), err=True)
            sys.exit(1)
        except ValueError as problem:
            if "LMS_" not in str(problem):
                raise
            click.echo(click.style(f"✖ {problem}", fg="red"), err=True)
            sys.exit(2)


@click.group(cls=_Group)
def main() -> None:
    """Kim Bảng: courses, evaluation, certificates and eligibility for a province."""


def _plugin_commands() -> dict[str, click.Command]:
    from lms.cli.context import loaded_registry  # noqa: PLC0415  builds the application; only when it is needed

    return commands_of(loaded_registry())


def _offered_commands() -> dict[str, click.Command]:
    """What plugins would bring, read without building the application."""
    from lms.cli.database import discover  # noqa: PLC0415  heavy; only a list of commands needs it

    registry = discover()
    registry.peek("cli")
    return commands_of(registry)


def commands_of(registry: Registry) -> dict[str, click.Command]:
    """What the loaded plugins' ``cli.py`` bring: `cli` under the plugin's name, and `more` under names of its own."""
    found: dict[str, click.Command] = {}
    for one in registry.in_order():
        room = one.rooms.get("cli")
        if one.module == "lms" or room is None:
            continue
        if hasattr(room, "cli"):
            found[one.name] = room.cli
        found |= getattr(room, "more", {})
    return found


for _command in (
    *database.commands,
    *operations.commands,
    *doctor.commands,
    *plugins.commands,
    *accounts.commands,
    *audit.commands,
    *mail.commands,
):
    main.add_command(_command)

from lms.cli import run  # noqa: E402  the runner imports nothing of the application

for _command in run.commands:
    main.add_command(_command)
