"""A list of 10,000 officials from file to record, in a process of its own: seconds and peak memory of the whole way.

Then a staff list of as many: put before an approver, decided, and the decision taken back. ``staff`` as argument does
only that, in a process whose peak memory is its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

from lms.access import services as access
from lms.access.models import User
from lms.cli.context import application
from lms.db import connection, migrating
from lms.exporting import xlsx
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404
from lms.people import services as people
from lms.people.models import Official
from lms.people.staff import deciding
from lms.people.staff.models import StaffList

ROWS = 10_000
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Lường", "Hà")
GIVEN = ("An", "Bình", "Cường", "Dũng", "Ánh", "Hạnh", "Khánh", "Loan", "Phương", "Yến")


def a_list(rows: int) -> bytes:
    """A workbook as an agency sends it: title, header, so many officials with codes and citizen ids."""
    columns = [
        xlsx.Column(title)
        for title in ("STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Mã CB", "Chức vụ", "Đơn vị công tác")
    ]
    return xlsx.workbook(
        columns, (_row(number) for number in range(1, rows + 1)), title="DANH SÁCH CÁN BỘ, CÔNG CHỨC"
    )


def _row(number: int) -> tuple[object, ...]:
    year = 1962 + number % 38
    name = f"{FAMILY[number % 10]} {GIVEN[number // 10 % 10]} {GIVEN[number // 100 % 10]}"
    citizen = f"038{0 if year < 2000 else 2}{year % 100:02d}{number:06d}"
    return (
        number,
        name,
        f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/{year}",
        citizen,
        f"{number:06d}",
        "Chuyên viên",
        "Sở Nội vụ",
    )


def main() -> None:
    """Take the list in, apply it, send it again, take it back; print what each cost."""
    with tempfile.TemporaryDirectory(prefix="kimbang-bench-") as folder:
        os.environ["LMS_INSTANCE"] = folder
        with application().app_context(), connection():
            (_measure_staff if "staff" in sys.argv else _measure)()
    if "staff" not in sys.argv:
        subprocess.run([sys.executable, "-m", "benchmarks.importing", "staff"], check=True)


def _measure() -> None:
    migrating.migrate()
    access.ensure_roles()
    agency = people.add_organisation("so-noi-vu", "Sở Nội vụ", "agency", by=None)
    officer: User = access.add_user(
        "can-bo@example.vn", "Cán bộ", by=None, roles=("training_officer",), organisation=agency
    )
    kind, data = kind_or_404("people.officials"), a_list(ROWS)
    cpu, started = time.process_time(), time.perf_counter()
    draft = services.take_in(kind, data, "ds.xlsx", by=officer)
    judged = time.perf_counter()
    result = services.apply(draft, by=officer)
    applied, cpu = time.perf_counter(), time.process_time() - cpu
    assert Official.select().count() == result.counts["new"] == ROWS, result.counts
    again = drafts.preview(services.take_in(kind, data, "ds.xlsx", by=officer)).counts()
    sent_again = time.perf_counter()
    services.undo(drafts.by_key(draft.key, by=officer), by=officer)
    undone = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nA list of {ROWS} officials ({len(data) // 1024} KB, .xlsx)")
    print(
        f"  read and judged {judged - started:5.1f} s   applied {applied - judged:5.1f} s   together {applied - started:5.1f} s, {cpu:.1f} s of it CPU (aim: at most 20)"
    )
    print(
        f"  sent again {sent_again - applied:5.1f} s ({again['same']} rows the same)   taken back {undone - sent_again:5.1f} s"
    )
    print(f"  peak memory {peak:.0f} MB (aim: at most 300)")


def _measure_staff() -> None:
    """Half of the people are on record already, in another position and without a citizen id."""
    migrating.migrate()
    access.ensure_roles()
    agency = people.add_organisation("so-noi-vu", "Sở Nội vụ", "agency", by=None)
    officer: User = access.add_user(
        "can-bo@example.vn", "Cán bộ", by=None, roles=("training_officer",), organisation=agency
    )
    approver: User = access.add_user("so@example.vn", "Sở", by=None, roles=("department_officer",))
    rows = [_row(number) for number in range(1, ROWS // 2 + 1)]
    people.add_officials(
        [
            {"full_name": str(row[1]), "organisation": agency, "code": str(row[4]), "birth_year": int(str(row[2])[-4:])}
            for row in rows
        ],
        by=None,
    )  # fmt: skip
    cpu, started = time.process_time(), time.perf_counter()
    draft = services.take_in(
        kind_or_404("people.staff"), a_list(ROWS), "ns.xlsx", by=officer, target=agency.id
    )
    judged = time.perf_counter()
    services.apply(draft, by=officer)
    sent = time.perf_counter()
    made = StaffList.get()
    deciding.decide(made, by=approver)
    decided, cpu = time.perf_counter(), time.process_time() - cpu
    counts = StaffList.get().counts
    assert Official.select().count() == counts["accepted"] == ROWS, counts
    deciding.undo(StaffList.get(), by=approver)
    undone = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nA staff list of {ROWS} rows, half of them new and half changed")
    print(
        f"  read and judged {judged - started:5.1f} s   put before the approver {sent - judged:5.1f} s   decided {decided - sent:5.1f} s   together {decided - started:5.1f} s, {cpu:.1f} s of it CPU (aim: at most 20)"
    )
    print(f"  decision taken back {undone - decided:5.1f} s")
    print(f"  peak memory {peak:.0f} MB (aim: at most 300)")


if __name__ == "__main__":
    main()
