"""An old register as a kind of list: every row judged, kept as the first of two readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from certificates.intake.models import Intake
from certificates.intake.old import services
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.old.programmes import Programmes, option
from certificates.intake.queries import RECOGNISE
from certificates.models import Certificate, Issuer
from lms import clock
from lms.access import scope
from lms.access.models import User
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict
from lms.importing.preview import Choice, Preview, Status
from lms.importing.reading import About, Option
from lms.importing.wording import Figure
from lms.people.models import Official
from lms.people.queries import birth_of, officials_by
from lms.text import fold

COLUMNS = (
    ListColumn("register", _l("Register number"), ("Số vào sổ", "Số vào sổ cấp", "Số vào sổ cấp chứng chỉ"), most=40),
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên"), "name", required=True, most=100),
    ListColumn("birth", _l("Birth date"), ("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"), "birth", required=True),
    ListColumn("unit", _l("Unit"), ("Đơn vị", "Đơn vị công tác", "Cơ quan")),
    ListColumn("programme", _l("Programme"), ("Tên chương trình", "Chương trình", "Tên lớp", "Nội dung bồi dưỡng"), required=True),
    ListColumn("issuer", _l("Issuer"), ("Nơi cấp", "Cơ quan cấp", "Đơn vị cấp", "Cơ sở đào tạo")),
    ListColumn("from_date", _l("First day"), ("Từ ngày",), "date"),
    ListColumn("to_date", _l("Last day"), ("Đến ngày",), "date"),
    ListColumn("awarded_on", _l("Day on the paper"), ("Ngày cấp", "Ngày ký", "Ngày cấp chứng chỉ"), "date"),
    ListColumn("valid_until", _l("Valid until"), ("Có giá trị đến", "Giá trị đến ngày"), "date"),
    ListColumn("grade", _l("Grade"), ("Xếp loại", "Kết quả"), most=40),
    ListColumn("serial", _l("Serial number"), ("Số hiệu", "Số hiệu chứng chỉ", "Số chứng chỉ"), most=60, required=True),
)  # fmt: skip
#: Chosen in the preview instead of somebody on record.
NOBODY = "nobody"


@dataclass
class Known:
    """What the rows may refer to."""

    within: Any
    issuer: str
    programmes: Programmes
    people: dict[str, list[Official]] = field(default_factory=dict)
    ours: dict[str, Certificate] = field(default_factory=dict)
    entered: dict[str, OldEntry] = field(default_factory=dict)
    recognised: dict[int, list[Intake]] = field(default_factory=dict)
    #: Persons and programmes met in the file so far.
    met: set[tuple[str, str, Any]] = field(default_factory=set)

    def of_name(self, entry: Entry) -> list[Official]:
        """Officials of that name in the sender's organisations."""
        named = self.people.get(fold(entry.get("name", "")), [])
        return [one for one in named if one.organisation_id in self.within]

    def holders(self, entry: Entry) -> list[Official]:
        """Those of them whose birth fits."""
        birth = entry.get("birth")
        return [one for one in self.of_name(entry) if birth and (on := birth_of(one)) and birth.agrees_with(on)]  # fmt: skip


class OldRegisterList(ListKind):
    """A register of certificates issued on paper before the platform, or elsewhere."""

    key = "certificates.old_register"
    title = _l("Old register of certificates")
    import_permission = RECOGNISE
    primary = ("name",)
    lead = _l(
        "The register of certificates issued on paper before the system, or by others. What you send is the first reading; a second person checks it against the book, then it counts as recognised, never as one of our certificates."
    )
    next_step = _l("A second person opens the register under “Papers issued elsewhere” and checks it against the book.")  # fmt: skip
    asks = _l("Who is the holder?")

    def columns(self) -> Sequence[ListColumn]:
        return COLUMNS

    def back_url(self, target: int | None) -> str:
        return url_for("certificates.old_registers")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> Known:
        texts = {entry.get("programme") for entry in entries if entry.get("programme")}
        issuer = Issuer.select().order_by(Issuer.valid_from.desc()).first()
        known = Known(
            scope.organisations(by, RECOGNISE), issuer.name if issuer else "", Programmes.read(texts)
        )
        for one in officials_by(Official.name_folded, {fold(entry.get("name", "")) for entry in entries}):
            known.people.setdefault(str(one.name_folded), []).append(one)
        serials = sorted({entry.get("serial") for entry in entries if entry.get("serial")})
        for start in range(0, len(serials), 5000):
            part = serials[start : start + 5000]
            known.ours |= {str(one.serial): one for one in Certificate.select().where(Certificate.serial.in_(part))}  # fmt: skip
            alive = OldEntry.select(OldEntry, OldRegister).join(OldRegister).where(OldEntry.serial.in_(part), OldEntry.state != "refused")  # fmt: skip
            known.entered |= {_same(one.serial, one.name_folded): one for one in alive}
        held = sorted({one.id for entry in entries for one in known.holders(entry)})
        for start in range(0, len(held), 5000):
            rows = Intake.select().where(Intake.official.in_(held[start : start + 5000]), Intake.state.not_in(("refused", "withdrawn")))  # fmt: skip
            for row in rows:
                known.recognised.setdefault(row.official_id, []).append(row)
        return known

    def identity(self, entry: Entry) -> str:
        return fold(entry.get("serial", ""))

    def judge(self, entry: Entry, records: Known) -> Verdict:
        if verdict := _there_already(entry, records):
            return verdict
        _check_days(entry)
        programme = records.programmes.meant(entry.get("programme", ""), entry.file["chosen"])
        official, doubts, verdict = _holder(entry, records)
        if verdict is not None:
            return verdict
        if official is not None and (twice := _twice(entry, records.recognised.get(official.id, []), programme, doubts)):  # fmt: skip
            return twice
        met = (fold(entry.get("name", "")), str(entry.get("birth")), programme.id if programme else entry.get("programme"))  # fmt: skip
        if met in records.met and "another" not in doubts:
            doubts.append("another")
        records.met.add(met)
        if programme is None:
            doubts.append("programme")
        if set(entry.fixes) - {"record_chosen"}:
            doubts.append("fixed")
        entry.facts = {
            "official": official.id if official else None,
            "programme": programme.id if programme else None,
            "doubts": doubts,
            "issuer": entry.get("issuer") or records.issuer,
        }
        if official is None:
            return Verdict(Status.NEW, _("Will be entered; its holder is not on record yet."))
        return Verdict(Status.NEW, _("Will be entered for %(name)s.", name=official.full_name))

    def summary(self, entries: Sequence[Entry], records: Known) -> About:
        counted = Counter(entry.get("programme", "") for entry in entries)
        unclear = []
        for text, count in counted.items():
            if not text or records.programmes.meant(text, ()):
                continue
            near = records.programmes.nearest(text)
            unclear.append([text, count, near.id if near else 0, near.title if near else ""])
        lost = [text for text, _count, near, _title in unclear if not near]
        notes = (_("No programme is called so: %(names)s. These rows are entered and clarified by the second person.", names="; ".join(lost[:5])),) if lost else ()  # fmt: skip
        return About(notes, {"unclear": unclear})

    def options(self, preview: Preview) -> Sequence[Option]:
        chosen = set(preview.facts.get("chosen", ()))
        return [
            _offer(text, count, near, title, option(text, near) in chosen)
            for text, count, near, title in preview.facts.get("summary", {}).get("unclear", ())
            if near
        ]

    def apply(self, entries: Sequence[Entry], *, by: User, target: Any) -> list[Change]:
        register = services.enter([_row(entry) for entry in entries], by=by)
        numbers = {row.number: row.id for row in OldEntry.select(OldEntry.id, OldEntry.number).where(OldEntry.register == register)}  # fmt: skip
        return [Change(entry.number, numbers[entry.number]) for entry in entries]

    def written(self, draft: Any, changes: Sequence[Change]) -> None:
        register = OldEntry.get_by_id(changes[0].id).register_id
        OldRegister.update(source=draft.filename[:200], draft_key=draft.key).where(OldRegister.id == register).execute()  # fmt: skip

    def sentence(self, status: Status) -> str:
        return _("Entered as the first reading.")

    def figures(self, counts: Mapping[str, int]) -> Sequence[Figure]:
        return ((counts["new"], _("entered"), "new"),)

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        register = _register_of(changes)
        if register is None:
            return [_("The register is no longer there.")]
        if register.state != "keyed":
            return [_("The register is decided already; recognised rows are withdrawn one by one.")]
        if OldEntry.select().where(OldEntry.register == register, OldEntry.state != "waiting").exists():  # fmt: skip
            return [_("A second person has begun to check it. Refuse the register instead.")]
        return []

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        register = _register_of(changes)
        if register is not None:
            services.take_back(register, by=by)


def _register_of(changes: Sequence[Change]) -> OldRegister | None:
    row = OldEntry.get_or_none(OldEntry.id == changes[0].id)
    return row.register if row is not None else None


def _there_already(entry: Entry, records: Known) -> Verdict | None:
    """A row whose certificate is in our register, or in an old register entered before."""
    serial, name = entry.get("serial", ""), fold(entry.get("name", ""))
    ours = records.ours.get(serial)
    if ours is not None and fold(ours.name) == name:
        return Verdict(Status.SAME, _("In our register already."))
    if ours is not None:
        return Verdict(Status.CONFLICT, _("The serial number is in the register for “%(name)s”.", name=ours.name))  # fmt: skip
    entered = records.entered.get(_same(serial, name))
    if entered is not None:
        return Verdict(Status.SAME, _("Entered already, row %(row)d of “%(list)s”.", row=entered.number, list=str(entered.register)))  # fmt: skip
    return None


def _check_days(entry: Entry) -> None:
    first, last = entry.get("from_date"), entry.get("to_date")
    if first and last and last < first:
        entry.wrong("to_date", _("The last day is before the first."))
    day = entry.get("awarded_on") or last
    if day is None:
        entry.wrong("to_date", _("Give the day on the paper, or the last day."))
    elif day > clock.today():
        entry.wrong("awarded_on" if entry.get("awarded_on") else "to_date", _("The day on the paper lies in the future."))  # fmt: skip


def _holder(entry: Entry, records: Known) -> tuple[Official | None, list[str], Verdict | None]:
    """Whose certificate it is, what is doubtful about that, or a question for the sender."""
    named, fitting = records.of_name(entry), records.holders(entry)
    chosen = entry.fixes.get("record_chosen", "")
    if chosen:
        return next((one for one in fitting if str(one.id) == chosen), None), ["chosen"], None
    if len(fitting) > 1:
        known = tuple(Choice(str(one.id), f"{one.full_name}, {birth_of(one)}, {one.organisation.name}") for one in fitting)  # fmt: skip
        asked = Verdict(Status.CONFLICT, _("Several people on record have this name and birth date. Choose the holder."), (*known, Choice(NOBODY, _("Nobody of these"))))  # fmt: skip
        return None, [], asked
    if not fitting:
        return None, ["birth"] if named else [], None
    exact = entry.get("birth").date and fitting[0].birth_date
    return fitting[0], [] if exact else ["year"], None


def _twice(entry: Entry, held: Iterable[Intake], programme: Any, doubts: list[str]) -> Verdict | None:
    """The same person, programme and number again; another number of the same programme is a doubt."""
    for row in held:
        if fold(row.first.get("number", "")) == fold(entry.get("serial", "")):
            return Verdict(Status.SAME, _("At the intake desk already, for the same person and number."))
        if programme is not None and row.programme_id == programme.id and "another" not in doubts:
            doubts.append("another")
    return None


def _row(entry: Entry) -> services.Row:
    values = {name: entry.get(name) for name in ("register", "unit", "grade", "from_date", "to_date")}
    day = entry.get("awarded_on") or entry.get("to_date")
    values |= {
        "number": entry.get("serial"),
        "name": entry.get("name"),
        "birth": entry.get("birth"),
        "said": entry.get("programme"),
        "programme": entry.facts["programme"],
        "issuer": entry.facts["issuer"],
        "awarded_on": day,
        "valid_until": entry.get("valid_until"),
    }
    return services.Row(entry.number, values, entry.facts["official"], entry.facts["programme"], entry.facts["doubts"])  # fmt: skip


def _offer(text: str, count: int, programme_id: int, title: str, on: bool) -> Option:
    key = option(text, programme_id)
    rows = ngettext("%(num)s row", "%(num)s rows", count)
    if on:
        return Option(key, _("“%(text)s” (%(rows)s) is read as “%(title)s”.", text=text, rows=rows, title=title), _("Do not read it so"), on=True)  # fmt: skip
    return Option(key, _("“%(text)s” (%(rows)s) may be “%(title)s”.", text=text, rows=rows, title=title), _("Read it as this programme"))  # fmt: skip


def _same(serial: str, name: str) -> str:
    return f"{fold(serial)}|{name}"
