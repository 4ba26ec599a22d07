"""`lms user add`, `lms user link`."""

from __future__ import annotations

import click

from lms.cli.context import with_app


@click.group("user")
def user() -> None:
    """Keep accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="Name shown on pages.")
@click.option("--role", "roles", multiple=True, help="Role preset; may be given several times.")
@click.option("--organisation", help="Code of the organisation an agency role is held for.")
@click.password_option()
@with_app
def add(email: str, name: str, roles: tuple[str, ...], organisation: str | None, password: str) -> None:
    """Add an account. The password follows the rules of the sign-in pages; `lms user link` lets its owner choose it."""
    from lms.access import passwords  # noqa: PLC0415
    from lms.access.services import add_user  # noqa: PLC0415
    from lms.people.models import Organisation  # noqa: PLC0415

    where = Organisation.get_or_none(Organisation.code == organisation) if organisation else None
    if organisation and where is None:
        raise click.BadParameter(
            f"There is no organisation with the code {organisation}.", param_hint="--organisation"
        )
    problem = passwords.problem(password, email=email, name=name)
    if problem:
        raise click.BadParameter(problem, param_hint="--password")
    made = add_user(email, name, by=None, password=password, roles=roles, organisation=where)
    click.echo(f"✔ {made.email}: {', '.join(sorted(made.role_names)) or 'no role'}")


@user.command("link")
@click.argument("email")
@with_app
def link(email: str) -> None:
    """Print a one-time link under which the account's owner chooses a new password."""
    from lms.access import links  # noqa: PLC0415
    from lms.access.models import User  # noqa: PLC0415

    found = User.get_or_none(User.email == email.strip().lower())
    if found is None:
        raise click.BadParameter(f"There is no account for {email}.", param_hint="EMAIL")
    click.echo(links.for_choosing(found, by=None))


commands = [user]
