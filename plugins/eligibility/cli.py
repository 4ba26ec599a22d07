"""`lms eligibility …`"""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask_babel import gettext as _

from lms.cli.context import with_app
from lms.errors import NotFound
from lms.people.models import Official
from plugins.eligibility import presenting, rulefiles, words
from plugins.eligibility.queries import verdicts
from plugins.eligibility.services import rules


@click.group()
def cli() -> None:
    """Rules of appointment, and the verdict on one official."""


@cli.command()
@click.option("--official", required=True, help="Staff code of the official.")
@click.option("--post", required=True, help="Code of the post, for example TP-SO.")
@click.option("--on", "on_text", default="", help="Day of appointment, dd/mm/yyyy; default today.")
@click.option(
    "--known", type=click.Choice(["now", "then"]), default="now", help="As known now, or as known then."
)
@click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON.")
@with_app
def check(official: str, post: str, on_text: str, known: str, as_json: bool) -> None:
    """May this official be appointed to this post on this day, and why?"""
    person = Official.get_or_none(Official.code == official)
    if person is None:
        raise NotFound(_("There is no official with the code %(code)s.", code=official))
    on = verdicts.parse_day(on_text)
    found = verdicts.verdict(person, verdicts.the_post(post, on), on, known=known)
    if as_json:
        click.echo(json.dumps(presenting.as_json(found, person), ensure_ascii=False, indent=2))
        return
    click.echo(f"{person.full_name} → {words.title(found.post)}, {on:%d/%m/%Y}")
    click.echo(f"{words.OUTCOMES[found.outcome]}. {words.headline(found)}")
    for node in found.requirements:
        click.echo("\n".join(presenting.lines(node)))
    for rule in found.to_fill_in:
        click.echo(f"? {rule.title}: {rule.confirm}")
    for rule in found.warnings:
        click.echo(f"⚠ {rule.title}: {rule.confirm or words.confidence(rule)}")
    click.echo(f"{found.rules_version} · {found.standard.title if found.standard else '–'}")


@cli.command("load-rules")
@click.option("--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
@with_app
def load_rules(folder: Path | None) -> None:
    """Load the shipped rules, or those of a folder; rows known already are left as they are."""
    done = rules.load_rules(by=None, folder=folder or rulefiles.DATA)
    click.echo(f"{done.version}: {done.added} rules added, {done.unchanged} unchanged.")
