"""Load the demonstration: the kernel's part, then every plugin's answer to `demo_data`."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lms import clock, jobs
from lms.access import services as access
from lms.access.models import User
from lms.audit import record
from lms.audit.models import AuditRow
from lms.db import atomic, insert_many
from lms.demo import desk, people, province
from lms.demo.nominees import NOMINEES
from lms.people import services as people_services
from lms.people.merging import alike
from lms.people.models import Employment, Official, Organisation
from lms.plugins.registry import registry
from lms.plugins.services import change_setting
from lms.plugins.switch import is_on

SEED = 28
OFFICIALS = 2000
PASSWORD = "kim-bang-demo"
LOADED = "demo.loaded"

#: handle, e-mail, name, role, codes of the organisations the role is held for
ACCOUNTS = (
    ("platform_admin", "quantri@kimbang.example", "Lê Quản Trị", "platform_admin", ()),
    ("academic_officer", "giaovu@kimbang.example", "Nguyễn Thị Giáo Vụ", "academic_officer", ()),
    ("school_head", "hieutruong@kimbang.example", "Trần Hiệu Trưởng", "school_head", ()),
    ("department_officer", "sonoivu@kimbang.example", "Phạm Nội Vụ", "department_officer", ()),
    ("training_officer", "hoanghoa@kimbang.example", "Hoàng Cử Tuyển", "training_officer", ("huyen-hoang-hoa", "xa-hoang-hoa", "xa-hoang-loc")),
    ("appointing_officer", "bonhiem@kimbang.example", "Mai Bổ Nhiệm", "appointing_officer", ("tinh",)),
    ("lecturer", "giangvien@kimbang.example", "Trần Văn Ví", "lecturer", ()),
    ("trainee", "hocvien@kimbang.example", "", "trainee", ()),
    ("inspector", "thanhtra@kimbang.example", "Vũ Thanh Tra", "inspector", ()),
)  # fmt: skip

#: Role and address of everybody who can sign in, in the order in which they are told.
SIGN_INS = (
    *((role, email) for _handle, email, _name, role, _codes in ACCOUNTS),
    ("department_officer", desk.SECOND[0]),
)


@dataclass
class Context:
    """What plugins share while they fill their tables: one random source, and handles to what others made."""

    rng: random.Random
    today: date
    note: Callable[[str], None]
    users: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    officials: list[Official] = field(default_factory=list)
    things: dict[str, Any] = field(default_factory=dict)
    #: What a plugin does once its background work is done: things that need signed and printed papers.
    later: list[Callable[[], None]] = field(default_factory=list)


def is_loaded() -> bool:
    """Whether this database holds the demonstration already."""
    return AuditRow.select().where(AuditRow.deed == LOADED).exists()


def load(note: Callable[[str], None] = lambda _: None, *, officials: int = OFFICIALS) -> Context | None:
    """Fill an empty database with the demonstration; None when it is there already. All or nothing per plugin."""
    if is_loaded():
        return None
    context = Context(random.Random(SEED), clock.today(), note)
    note("Organisations and officials")
    _kernel(context, officials)
    for plugin, answer in registry.answerers("demo_data"):
        if is_on(plugin):
            note(str(registry.found[plugin].plugin.title))
            with atomic():
                answer.function(*[context for _ in answer.argnames])
            jobs.drain()
            _later(context)
    note("The Department's desk")
    with atomic():
        desk.load(context, PASSWORD)
    record(None, LOADED)
    return context


def _later(context: Context) -> None:
    """Do what waited for the background work, and the work that comes of it."""
    waiting, context.later = context.later, []
    for step in waiting:
        with atomic():
            step()
    if waiting:
        jobs.drain()


@atomic
def _kernel(context: Context, count: int) -> None:
    access.ensure_roles()
    # The printed passwords are all there is to sign in with; a real site leaves the default.
    change_setting("lms.second_factor_roles", "", by=None)
    _organisations(context)
    _officials(context, count)
    _accounts(context)


def _organisations(context: Context) -> None:
    known = context.organisations
    for code, name, kind, parent in province.STANDING:
        above = known[parent] if parent else None
        known[code] = people_services.add_organisation(code, name, kind, by=None, parent=above)
    for code, name in province.DISTRICTS:
        known[code] = people_services.add_organisation(
            code, name, "district", by=None, parent=known["tinh"], valid_to=province.LAST_DISTRICT_DAY
        )
    for code, name, district in province.COMMUNES:
        known[code] = people_services.add_organisation(
            code, name, "commune", by=None, parent=known["tinh"], valid_from=province.TWO_LEVELS
        )
        if known[district].successor_id is None:
            known[district].successor = known[code]
            known[district].save()


def _officials(context: Context, count: int) -> None:
    rng = context.rng
    homes = [one for one in context.organisations.values() if one.kind not in {"province", "district"}]
    rows = [_nominee(context, *nominee) for nominee in NOMINEES]
    generated = people.generate(rng, count - len(rows), today=context.today)
    for number, person in enumerate(generated):
        home = homes[number % len(homes)]
        rows.append(
            people_services.official_values(
                person.name,
                home,
                code=f"{200_000 + number:06d}",
                birth_date=person.birth_date,
                birth_year=person.birth_year,
                gender=person.gender,
                ethnicity=person.ethnicity,
                kind="vien_chuc"
                if home.kind in {"unit", "school"}
                else rng.choice(("cong_chuc", "cong_chuc", "can_bo")),
                cccd=person.cccd,
                position=rng.choice(province.POSITIONS[home.kind]),
            )
        )
    insert_many(Official, rows)
    alike.rebuild()
    context.officials = list(Official.select(Official, Organisation).join(Organisation).order_by(Official.id))
    insert_many(
        Employment,
        [
            {
                "official": one,
                "organisation": one.organisation_id,
                "position": one.position,
                "from_date": _since(rng, one),
            }
            for one in context.officials
        ],
    )


def _nominee(
    context: Context, code: str, name: str, birth: str, gender: str, cccd: str, position: str, home: str
) -> dict[str, Any]:
    exact = date.fromisoformat(birth) if len(birth) == 10 else None
    return people_services.official_values(
        name,
        context.organisations[home],
        code=code,
        birth_date=exact,
        birth_year=int(birth[:4]),
        gender=gender,
        ethnicity="Kinh",
        cccd=cccd,
        position=position,
    )


def _since(rng: random.Random, official: Official) -> date:
    return date(max((official.birth_year or 1980) + 24, 2005), rng.randrange(1, 13), 1)


def _accounts(context: Context) -> None:
    for handle, email, name, role, codes in ACCOUNTS:
        official = _trainee(context) if role == "trainee" else None
        user = access.add_user(
            email,
            name or str(official),
            by=None,
            password=PASSWORD,
            roles=() if codes else (role,),
            official=official,
        )
        for code in codes:
            access.give_role(user, role, organisation=context.organisations[code], by=None)
        context.users[handle] = user


def _trainee(context: Context) -> Official:
    """The demonstration's trainee: the first generated official of a commune."""
    return next(
        one for one in context.officials if one.organisation.kind == "commune" and (one.code or "") >= "2"
    )
