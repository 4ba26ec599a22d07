"""The kernel's own operations: who I am, organisations, officials, plugins, work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.access import can, current_user
from lms.access.guard import acting_user
from lms.api.operations import Api, invalid
from lms.api.paging import Listing, Portion, listing
from lms.api.shapes import answer, said, sent
from lms.errors import NotFound
from lms.jobs import JobRun
from lms.people import queries, services
from lms.people.models import Official, Organisation
from lms.plugins.registry import registry
from lms.plugins.switch import state_of

api = Api("lms", _l("Platform"))
bp = api.blueprint


@answer
class Role:
    name: Annotated[str, said(_l("Name of the role"))]
    organisation_id: Annotated[int | None, said(_l("The organisation it is held for; null = all"))]


@answer
class Me:
    name: str
    email: str
    roles: list[Role]
    permissions: Annotated[list[str], said(_l("What this token, or this sign-in, may do now"), most=1000)]


@answer
class OrganisationLine:
    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None
    valid_from: date | None
    valid_to: date | None
    successor_id: Annotated[int | None, said(_l("The organisation that took its place"))]


@answer
class OfficialLine:
    id: int
    code: Annotated[str | None, said(_l("Staff code"))]
    full_name: str
    birth_date: date | None
    birth_year: int | None
    kind: str
    organisation_id: int
    position: str
    active: bool
    citizen_id: Annotated[str, said(_l("Masked: the last three digits"))]


@sent
class PeopleAsked(Portion):
    q: Annotated[str, said(_l("Words of the name, or the staff code; accents do not matter"), most=120)] = ""
    organisation: Annotated[int | None, said(_l("Only of this organisation and those below it"))] = None


@sent
class OrganisationsAsked(Portion):
    q: Annotated[str, said(_l("Words of the name; accents do not matter"), most=120)] = ""


@sent
class NewOfficial:
    full_name: Annotated[str, said(least=2, most=120)]
    organisation_id: int
    code: Annotated[str | None, said(_l("Staff code"), most=20)] = None
    birth_date: date | None = None
    birth_year: Annotated[int | None, said(_l("When only the year is known"), least=1920, most=2100)] = None
    gender: Literal["M", "F"] | None = None
    kind: Literal["can_bo", "cong_chuc", "vien_chuc"] = "cong_chuc"
    citizen_id: Annotated[
        str | None, said(_l("Twelve digits; kept sealed and never told again"), most=12)
    ] = None
    position: Annotated[str, said(most=200)] = ""
    unit: Annotated[str, said(_l("The unit within the organisation"), most=200)] = ""
    email: Annotated[str | None, said(most=200)] = None


@answer
class PluginState:
    name: str
    title: str
    version: str
    state: Annotated[str, said(_l("on, off, or why it is out of play"))]
    reason: str


@answer
class Plugins:
    items: list[PluginState]


@answer
class JobState:
    id: int
    kind: str
    title: str
    state: Literal["queued", "running", "done", "failed", "stopped"]
    done: Annotated[int, said(_l("How many items are done"))]
    count: Annotated[int, said(_l("How many there are"))]
    created_at: datetime
    finished_at: datetime | None
    error: Annotated[str, said(most=2000)]


@api.get("/me", "signed_in", _l("Who this token is, and what it may do"))
def me() -> Me:
    roles = [Role(row.name, row.organisation_id) for row in current_user.roles]
    may = sorted(name for name in registry.permissions if can(current_user, name))
    return Me(str(current_user.display_name), str(current_user.email), roles, may)


@api.get("/organisations", "people.view", _l("Organisations of one's own"))
def organisations(query: OrganisationsAsked) -> Listing[OrganisationLine]:
    found = queries.organisations(current_user, search=query.q)
    return listing(found, Organisation.id, query, lambda rows: [_organisation(row) for row in rows])


@api.get("/organisations/<int:organisation_id>", "people.view", _l("One organisation"))
def organisation(organisation_id: int) -> OrganisationLine:
    return _organisation(queries.organisation_or_404(organisation_id, current_user))


@api.get("/officials", "people.view", _l("Officials of one's own organisations"))
def officials(query: PeopleAsked) -> Listing[OfficialLine]:
    found = queries.officials(current_user, search=query.q, organisation_id=query.organisation)
    return listing(found, Official.id, query, lambda rows: [_official(row) for row in rows])


@api.get("/officials/<int:official_id>", "people.view", _l("The record of one official"))
def official(official_id: int) -> OfficialLine:
    return _official(queries.official_or_404(official_id, current_user))


@api.post("/officials", "people.manage", _l("Put an official on record"), status=201)
def add_official(body: NewOfficial) -> OfficialLine:
    try:
        home = queries.organisation_or_404(body.organisation_id, current_user, "people.manage")
    except NotFound as missing:
        raise invalid("organisation_id", str(missing)) from missing
    made = services.add_official(
        body.full_name, home, by=acting_user(), code=body.code, birth_date=body.birth_date,
        birth_year=body.birth_year, gender=body.gender, kind=body.kind, cccd=body.citizen_id,
        position=body.position, unit_text=body.unit, email=body.email,
    )  # fmt: skip
    return _official(made)


@api.get("/plugins", "platform.plugins", _l("Plugins and their state"))
def plugins() -> Plugins:
    states = [(found, *state_of(found.name)) for found in registry.in_order()]
    return Plugins(
        [
            PluginState(one.name, str(one.plugin.title), one.plugin.version, state, str(why))
            for one, state, why in states
        ]
    )


@api.get("/jobs", "signed_in", _l("Own background work, the oldest first"))
def jobs(query: Portion) -> Listing[JobState]:
    found = JobRun.select().where(JobRun.by == current_user.id)
    return listing(found, JobRun.id, query, lambda rows: [_job(row) for row in rows])


@api.get("/jobs/<int:run_id>", "signed_in", _l("How own background work stands"))
def job(run_id: int) -> JobState:
    run = JobRun.get_or_none(JobRun.id == run_id, JobRun.by == current_user.id)
    if run is None:
        raise NotFound(_("There is no such work of yours."))
    return _job(run)


def _organisation(row: Organisation) -> OrganisationLine:
    return OrganisationLine(
        row.id, row.code, row.name, row.kind, row.parent_id, row.valid_from, row.valid_to, row.successor_id
    )


def _official(row: Official) -> OfficialLine:
    return OfficialLine(
        row.id, row.code, row.full_name, row.birth_date, row.birth_year, row.kind, row.organisation_id,
        row.position, bool(row.active), row.cccd_masked,
    )  # fmt: skip


def _job(run: Any) -> JobState:
    return JobState(
        run.id,
        run.kind,
        run.title,
        run.state,
        run.done,
        run.count,
        run.created_at,
        run.finished_at,
        run.error,
    )
