"""The demonstration of courses: the catalogue, rooms, lecturers and six classes in different states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from courses import queries, services
from courses.catalogue import load_catalogue
from courses.models import ClassSession, ClassStateChange, Klass, Lecturer, ProgrammeVersion, Result, Room
from courses.timetable.holidays import holiday
from lms import clock
from lms.db import insert_many
from lms.demo import Context
from lms.demo.nominees import NOMINEES
from lms.people.models import Official

MORNING, AFTERNOON = (time(7, 30), time(11, 0)), (time(13, 30), time(17, 0))
ROOMS = (("Hội trường 1", 120), ("Hội trường 2", 80), ("A201", 60), ("A202", 60), ("B101", 45), ("B102", 45))
LECTURERS = (
    ("Nguyễn Thị Minh Lý", "TS."),
    ("Phạm Đức Hoà", "ThS."),
    ("Lò Thị Ban Mai", "ThS."),
    ("Đỗ Quang Trị", "TS."),
    ("Hoàng Văn Thuyết", "ThS."),
)
TOPICS = (
    "Tổng quan về lãnh đạo, quản lý",
    "Đạo đức công vụ và văn hoá công sở",
    "Kỹ năng lập kế hoạch và tổ chức thực hiện",
    "Kỹ năng phân công, phối hợp và kiểm tra",
    "Quản lý nguồn nhân lực trong cơ quan",
    "Kỹ năng tham mưu, soạn thảo văn bản",
    "Chuyển đổi số trong quản lý nhà nước",
    "Kỹ năng điều hành cuộc họp",
    "Chính quyền địa phương hai cấp",
    "Giải quyết khiếu nại, tố cáo ở cơ sở",
    "Phòng, chống tham nhũng, tiêu cực",
    "Viết và trình bày báo cáo, đề án",
)


def fill(context: Context) -> None:
    """Everything of courses; handles go into `context.things` as "class.<state>", "programme.<code>", "lecturer.demo"."""
    programmes = load_catalogue()
    context.things |= {f"programme.{code}": programme for code, programme in programmes.items()}
    for name, capacity in ROOMS:
        services.add_room(name, by=None, capacity=capacity)
    _lecturers(context)
    for build in (_draft, _enrolling, _running, _reviewing, _closed, _closed_before):
        build(context)
    context.note(
        f"{len(programmes)} programmes, {Klass.select().count()} classes, {ClassSession.select().count()} sessions"
    )


def _lecturers(context: Context) -> None:
    school = context.organisations["tct"]
    teacher = context.users["lecturer"]
    context.things["lecturer.demo"] = services.add_lecturer(
        teacher.display_name, by=None, academic_title="TS.", organisation=school, user=teacher
    )
    for name, title in LECTURERS:
        services.add_lecturer(name, by=None, academic_title=title, organisation=school)


# --- six classes -----------------------------------------------------------------------------------


def _draft(context: Context) -> None:
    starts = _monday(context.today + timedelta(days=35))
    with _at(context.today - timedelta(days=2), context):
        klass = _open(context, f"CV09-{starts.year}", "QLNN-CV", starts, weeks=4, capacity=50, name="khoá 9")
    context.things["class.draft"] = klass


def _enrolling(context: Context) -> None:
    """The class agencies nominate for; its timetable is the file `lich-hoc.xlsx`."""
    starts = date(2025, 3, 3)
    with _at(starts - timedelta(days=30), context):
        klass = _open(context, "K05-2025", "LDQL-PHONG", starts, weeks=4, capacity=60, name="khoá 5 năm 2025")
        services.announce(klass, by=_officer(context))
    with _at(starts - timedelta(days=20), context):
        _fill_class(context, klass, 6, positions=("Phó Trưởng phòng", "Trưởng phòng"))
    context.things["class.enrolling"] = klass


def _running(context: Context) -> None:
    starts = _monday(context.today - timedelta(days=10))
    klass = _prepare(
        context, f"K11-{starts.year}", "LDQL-PHONG", starts, 45, name=f"khoá 11 năm {starts.year}"
    )
    _today_too(context, klass)
    with _at(starts, context, at=time(7)):
        services.start(klass, by=_officer(context))
    context.things["class.running"] = klass


def _reviewing(context: Context) -> None:
    starts = _monday(context.today - timedelta(days=40))
    klass = _prepare(context, f"CV07-{starts.year}", "QLNN-CV", starts, 38, name=f"khoá 7 năm {starts.year}")
    with _at(starts, context, at=time(7)):
        services.start(klass, by=_officer(context))
    with _at(queries.rule_date(klass) + timedelta(days=3), context):
        services.start_review(klass, by=_officer(context))
    context.things["class.reviewing"] = klass


def _closed(context: Context) -> None:
    starts = _monday(context.today - timedelta(days=230))
    context.things["class.closed"] = _from_paper(
        context, f"K03-{starts.year}", "LDQL-PHONG", starts, 42, f"khoá 3 năm {starts.year}"
    )


def _closed_before(context: Context) -> None:
    starts = _monday(context.today - timedelta(days=560))
    context.things["class.closed_before"] = _from_paper(
        context, f"CV02-{starts.year}", "QLNN-CV", starts, 35, f"khoá 2 năm {starts.year}"
    )


def _prepare(context: Context, code: str, programme: str, starts: date, learners: int, *, name: str) -> Klass:
    """A class with learners and a timetable of two sessions a working day, ready to start."""
    officer = _officer(context)
    with _at(starts - timedelta(days=45), context):
        klass = _open(context, code, programme, starts, weeks=4, capacity=60, name=name)
    with _at(starts - timedelta(days=40), context):
        services.announce(klass, by=officer)
    with _at(starts - timedelta(days=12), context):
        _fill_class(context, klass, learners, trainee=True)
        _timetable(context, klass)
    return klass


def _from_paper(context: Context, code: str, programme: str, starts: date, learners: int, name: str) -> Klass:
    """A class held before the platform: taken over with the results of its paper file, so it has no sessions."""
    officer = _officer(context)
    ends = starts + timedelta(days=25)
    with _at(starts - timedelta(days=20), context):
        klass = _open(context, code, programme, starts, weeks=4, capacity=60, name=name)
        services.announce(klass, by=officer)
        _fill_class(context, klass, learners, trainee=programme == "LDQL-PHONG")
    closed_at = clock.from_local(datetime.combine(ends + timedelta(days=14), time(15)))
    klass = queries.class_or_404(klass.id)
    rule = queries.certificate_rule(klass)
    insert_many(
        Result, [_paper_result(context, member, rule, closed_at) for member in queries.learners(klass)]
    )
    for state, day in (("running", starts), ("reviewing", ends), ("closed", ends + timedelta(days=14))):
        ClassStateChange.create(
            klass=klass,
            state=state,
            by=officer,
            reason="Nhập từ hồ sơ lớp",
            at=clock.from_local(datetime.combine(day, time(15))),
        )
    Klass.update(state="closed", closed_at=closed_at).where(Klass.id == klass.id).execute()
    return queries.class_or_404(klass.id)


def _paper_result(context: Context, member: Any, rule: Any, decided_at: datetime) -> dict[str, Any]:
    completed = context.rng.random() > 0.05
    condition = {
        "code": "courses.record",
        "title": "Kết quả theo hồ sơ lớp",
        "needed": "Hoàn thành chương trình",
        "actual": "Hoàn thành" if completed else "Không hoàn thành",
        "met": completed,
        "evidence_url": "",
        "legal_source": rule.legal_source if rule else "",
        "rule_id": rule.id if rule else "",
    }
    return {
        "membership": member.id,
        "completed": completed,
        "conditions": [condition],
        "rule_id": condition["rule_id"],
        "decided_at": decided_at,
        "note": "Nhập từ hồ sơ giấy",
    }


# --- parts of a class ------------------------------------------------------------------------------


def _open(
    context: Context, code: str, programme: str, starts: date, *, weeks: int, capacity: int, name: str
) -> Klass:
    version = _version(context, programme, starts)
    return services.open_class(
        code,
        f"{version.programme.title}, {name}",
        version,
        context.organisations["tct"],
        by=_officer(context),
        starts_on=starts,
        ends_on=starts + timedelta(days=weeks * 7 - 3),
        place="Trường Chính trị tỉnh",
        capacity=capacity,
        homeroom_lecturer=context.rng.choice(list(Lecturer.select().order_by(Lecturer.id))),
    )


def _version(context: Context, code: str, on: date) -> ProgrammeVersion:
    return next(version for version in queries.programme_versions(on) if version.programme.code == code)


def _fill_class(
    context: Context, klass: Klass, count: int, *, positions: tuple[str, ...] = (), trainee: bool = False
) -> None:
    """Learners of many agencies; nobody of the sample nomination list, who are still to come."""
    reserved = {code for code, *_rest in NOMINEES}
    used = context.things.setdefault("learners.used", set())
    free = [one for one in context.officials if one.code not in reserved and one.id not in used]
    if positions:
        free = [one for one in free if one.position in positions]
    chosen = context.rng.sample(free, count)
    own = context.users["trainee"].official_id
    if trainee and own and own not in {one.id for one in chosen}:
        chosen[0] = Official.get_by_id(own)
    for official in chosen:
        services.add_learner(klass, official, by=_officer(context))
        if official.id != own:
            used.add(official.id)


def _timetable(context: Context, klass: Klass) -> None:
    """Two sessions each working day, with the demonstration's lecturer in every third."""
    others = list(Lecturer.select().where(Lecturer.user.is_null()).order_by(Lecturer.id))
    rooms = list(Room.select().order_by(Room.id))
    mine = context.things["lecturer.demo"] if context.things.get("class.running") is None else None
    room = context.rng.choice(rooms)
    rows = []
    for number, (day, (begin, end)) in enumerate(_slots(klass.starts_on, klass.ends_on), 1):
        rows.append(
            {
                "klass": klass.id,
                "number": number,
                "starts_at": _utc(day, begin),
                "ends_at": _utc(day, end),
                "topic": f"Chuyên đề {(number + 1) // 2}: {TOPICS[((number - 1) // 2) % len(TOPICS)]}",
                "periods": 4,
                "lecturer": mine.id if mine and number % 3 == 1 else others[(number // 2) % len(others)].id,
                "room": room.id,
            }
        )
    insert_many(ClassSession, rows)


def _today_too(context: Context, klass: Klass) -> None:
    """A session under way right now with the demonstration's lecturer, whatever the hour and the day of the week."""
    now = clock.now()
    mine = context.things["lecturer.demo"]
    under_way = (
        ClassSession.select()
        .where(
            queries.live(klass),
            ClassSession.starts_at <= now,
            ClassSession.ends_at > now + timedelta(minutes=30),
        )
        .first()
    )
    if under_way is not None:
        ClassSession.update(lecturer=mine).where(ClassSession.id == under_way.id).execute()
        return
    local = clock.local(now).replace(tzinfo=None, second=0, microsecond=0)
    begin = local - timedelta(minutes=local.minute % 15)
    end = min(begin + timedelta(hours=3, minutes=30), datetime.combine(local.date(), time(23, 59)))
    clash = ClassSession.select().where(
        queries.live(klass),
        ClassSession.starts_at < clock.from_local(end),
        ClassSession.ends_at > clock.from_local(begin),
    )
    ClassSession.delete().where(ClassSession.id.in_(clash.select(ClassSession.id))).execute()
    services.add_session(
        klass,
        by=_officer(context),
        starts_at=clock.from_local(begin),
        ends_at=clock.from_local(end),
        topic="Thảo luận, giải đáp tình huống quản lý",
        periods=4,
        lecturer=mine,
        room=Room.select().order_by(Room.id).first(),
    )


def _slots(first: date | None, last: date | None) -> Iterator[tuple[date, tuple[time, time]]]:
    day = first
    while day and last and day <= last:
        if day.weekday() < 5 and not holiday(day):
            yield day, MORNING
            yield day, AFTERNOON
        day += timedelta(days=1)


def _utc(day: date, at: time) -> datetime:
    return clock.from_local(datetime.combine(day, at))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _officer(context: Context) -> Any:
    return context.users["academic_officer"]


def _at(day: date, context: Context, *, at: time = time(9)) -> Any:
    """The clock on a day of the past; a day still to come is today."""
    return clock.frozen(datetime.combine(min(day, context.today), at))
