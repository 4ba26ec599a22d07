"""Every list page: each of its heads changes the order, back and forth, and any order asks the database as often."""

from __future__ import annotations

import gc
import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from courses.models import Klass
from evaluation.models import Campaign
from evaluation.reference import keep_scheme, schemes
from lms import clock, jobs
from lms.access.models import User
from lms.access.services import give_role
from lms.api.models import ApiToken
from lms.audit import record
from lms.importing.models import ImportDraft
from lms.notify.models import Mail, MailStop
from lms.people.merging.models import OfficialMerge
from lms.people.models import Official, Organisation
from lms.people.privacy.models import DataRequest
from lms.people.staff.models import StaffList
from lms.people.successors.models import Reorganisation
from lms.testing import counting
from lms.web.lists import Sorting
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.services.rules import load_rules
from plugins.enrolment.models import Nomination
from tests.certificates.school import found_school

NAMES = ("Nguyễn Văn Ấn", "Trần Thị An", "Lê Văn Đức")
#: KLASS is a class with learners, OPEN one that takes nominations, AGENCY the reader's own.
PAGES = (
    "/people",
    "/organisations",
    "/organisations/reorganisations",
    "/people/merges",
    "/people/staff-lists",
    "/privacy/requests",
    "/accounts",
    "/platform/tokens",
    "/mail",
    "/mail/stops",
    "/audit",
    "/jobs",
    "/imports",
    "/classes/",
    "/classes/KLASS/learners",
    "/certificates/",
    "/evaluation/",
    "/eligibility/agency?post=GD-SO&organisation=AGENCY",
    "/enrolment/",
    "/enrolment/decide",
    "/enrolment/nominations",
    "/enrolment/classes/OPEN",
    "/enrolment/classes/OPEN/pick",
    "/enrolment/classes/OPEN/nominations",
)


@pytest.fixture
def addresses(make, login, frozen):
    """Three different rows in every list, and somebody who may read them all."""
    with frozen(date(2025, 4, 2)):
        load_rules(by=None, entered_on=date(2019, 1, 1))
        reader = make.user(
            "academic_officer", "department_officer", "platform_admin", "inspector", "school_head"
        )
        agency = make.organisation("so-mot", name="Sở Một", kind="department")
        for role in ("training_officer", "appointing_officer"):
            give_role(reader, role, by=None, organisation=agency)
        places = [
            agency,
            *(
                make.organisation(f"don-vi-{n}", name=f"Đơn vị {n}", kind="unit", parent=agency)
                for n in (2, 3)
            ),
        ]
        people = [
            make.official(name, place, birth_year=1980 + n, position=f"Chức vụ {n}")
            for n, (name, place) in enumerate(zip(NAMES, places, strict=True))
        ]
        Organisation.update(valid_to=date(2025, 6, 30)).where(Organisation.id == places[2].id).execute()
        klass, opened = _classes(make, people, places, reader)
        RecordedFact.create(
            official=people[0], kind="file_reviewed", source="Hồ sơ giấy", held_from=date(2025, 1, 2)
        )
        _desk(people, places, reader, klass)
        _certificates(make, frozen)
        login(reader)
        fill = {"KLASS": klass.id, "OPEN": opened.id, "AGENCY": agency.id}
        yield [re.sub("[A-Z]{4,}", lambda found: str(fill.get(found[0], found[0])), page) for page in PAGES]


def _classes(make, people, places, reader):
    states = ("running", "enrolling", "enrolling")
    classes = [
        make.klass(f"K{n}-2025", state=state, starts_on=date(2025, 3, n + 1), title=f"Lớp {n}")
        for n, state in enumerate(states)
    ]
    for n, person in enumerate(people):
        member = make.learner(classes[0], official=person)
        member.joined_at = clock.now() - timedelta(days=n)
        member.save()
        status = ("submitted", "rejected", "withdrawn")[n]
        nominated = clock.now() - timedelta(days=n)
        Nomination.create(
            klass=classes[1],
            official=person,
            organisation=person.organisation,
            status=status,
            nominated_at=nominated,
        )
    for n, klass in enumerate(classes):
        for _ in range(2 * n):
            extra = make.official(f"Phạm Văn {'ABC'[n]}", places[0])
            make.learner(klass, official=extra)
            Nomination.create(
                klass=klass, official=make.official("Vũ Văn Tám", places[0]), organisation=places[0]
            )
        Klass.update(capacity=20 + 10 * n).where(Klass.id == klass.id).execute()
    scheme = keep_scheme(schemes()[0])
    for n, klass in enumerate(classes):
        opened, closed = date(2025, 3, n + 1), date(2025, 4, n + 1) if n else None
        Campaign.create(
            klass=klass,
            organisation=klass.organiser,
            scheme=scheme,
            formula="x",
            opened_on=opened,
            closed_on=closed,
        )
    return classes[0], classes[1]


def _desk(people, places, reader, klass):
    for n, (person, place) in enumerate(zip(people, places, strict=True)):
        at = clock.now() - timedelta(days=5 - n)
        word, day = "abc"[n], date(2025, 4, n + 1)
        Reorganisation.create(title=f"Đợt {word}", on_date=day, state=("draft", "waiting", "applied")[n])
        gone = Official.select().where(Official.id.not_in([one.id for one in people])).offset(n).first()
        OfficialMerge.create(kept=person, gone=gone, reason=f"Lý do {word}", merged_at=at)
        StaffList.create(
            organisation=place,
            filename=f"{word}.csv",
            state=("waiting", "decided", "withdrawn")[n],
            sent_at=at,
        )
        DataRequest.create(
            official=person,
            kind=("access", "correction", "erasure")[n],
            received_on=day,
            due_on=day,
            state=("open", "done", "refused")[n],
        )
        user = User.create(
            email=f"{word}@example.vn", display_name=NAMES[n], fs_uniquifier=word, last_login_at=at
        )
        ApiToken.create(
            user=user,
            name=f"Phần mềm {word}",
            token_hash=word,
            hint=word,
            scopes=[],
            expires_at=datetime(2030, 1, n + 1),
            last_used_at=at,
        )
        Mail.create(
            key=word,
            address=f"{word}@example.vn",
            name=NAMES[n],
            subject=word,
            message_id=word,
            state=("sent", "failed", "waiting")[n],
            created_at=at,
        )
        MailStop.create(address=f"{word}@example.vn", since=at)
        jobs.JobRun.create(
            kind="x", title=f"Việc {word}", args={}, by=reader, state=("done", "failed", "stopped")[n]
        )
        ImportDraft.create(
            key=word,
            kind=("people.officials", "people.staff", "courses.timetable")[n],
            owner=reader,
            filename=f"{word}.csv",
            created_at=at,
        )
        record(
            reader,
            ("access.user_on", "access.user_off", "courses.class_running")[n],
            (user, person, klass)[n],
        )


def _certificates(make, frozen):
    school = found_school(make)
    for n, (name, programme) in enumerate((("Đỗ Văn Ba", "LDQL-PHONG"), ("Bùi Thị Ân", "QLNN-CV"))):
        with frozen(date(2025, 4, 2 + n)):
            school.issued(name, programme=programme, signed=False)


def heads(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<a class="sort" href="([^"]+)"', page)]


def rows(page: str) -> list[str]:
    """What the rows of the sorted table say, in their order."""
    table = page[page.index("aria-sort=") if "aria-sort=" in page else page.index('class="sort"') :]
    body = table[table.index("<tbody") : table.index("</tbody")]
    told = [re.sub(r"<[^>]+>|\s+", " ", row) for row in body.split("<tr")[1:]]
    # A running number in front of a row is its place, not the row.
    return [re.sub(r"^[^>]*>\s*(\d+\s\s+)?", "", row) for row in told]


def sort_menu(html: str) -> str:
    """The menu of orders that phones show."""
    begin = html.index('id="sort"')
    return html[begin : html.index("</select>", begin)]


def test_each_head_of_each_list_changes_the_order_at_the_same_cost(client, addresses, monkeypatch):
    asked: set[int] = set()
    original = Sorting.asked
    monkeypatch.setattr(Sorting, "asked", lambda self: asked.add(id(self)) or original(self))
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        names = [re.search(r"[?&]sort=-?([a-z]+)", link)[1] for link in heads(page.text) if "sort=" in link]
        seen_heads = set(names)
        names += [
            name
            for name in re.findall(r'<option value="([a-z]+)"', sort_menu(page.text))
            if name not in names
        ]
        costs = {}
        for name in names:
            found = []
            for order in (name, f"-{name}"):
                separator = "&" if "?" in address else "?"
                with counting() as seen:
                    answer = client.get(f"{address}{separator}sort={order}")
                assert answer.status_code == 200, (address, order)
                assert ("aria-sort=" in answer.text) == (name in seen_heads), (address, order)
                costs[order] = len([sql for sql in seen if "lms_plugin" not in sql])
                found.append(rows(answer.text))
            assert sorted(found[0]) == sorted(found[1]), (address, name)
            assert found[0] != found[1], (address, name)
        assert len(set(costs.values())) == 1, (address, costs)
    left = [one for one in gc.get_objects() if isinstance(one, Sorting) and id(one) not in asked]
    assert [list(one.columns) for one in left] == [], "lists without a page in PAGES"
