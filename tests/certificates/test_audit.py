"""`lms certificates audit`: every kind of tampering by raw SQL is named by its row, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from certificates import log, services
from certificates.auditing.command import audit as command
from certificates.auditing.findings import SENTENCES, Report
from certificates.auditing.whole_audit import audit
from certificates.log import checkpoints, entries
from certificates.log.models import LogEntry
from certificates.models import FILLED_ONCE, Batch, Certificate, RegisterYear, StatusChange
from courses.models import Result
from lms.audit.models import AuditRow
from lms.config import settings
from lms.db import db
from lms.notify.models import Notice
from tests.certificates.school import School, other_value
from tests.certificates.tampering import build_log_anew, drop_guards, run

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


@pytest.fixture
def rows(school: School) -> list[Certificate]:
    """Three printed certificates; the third was suspended and reinstated. The log is signed."""
    found = school.printed("Nguyễn Văn An", "Trần Thị Bình", "Lê Cường")
    services.suspend(found[2], by=school.head, **DECISION)
    services.reinstate(found[2], by=school.head, **DECISION)
    checkpoints.make()
    drop_guards()
    return found


def found(report: Report) -> set[tuple[str, str, str]]:
    return {(one.code, one.table, one.row) for one in report.findings}


def codes(report: Report) -> set[str]:
    return {one.code for one in report.findings}


class Tampering:
    """Changes that are taken back after each look."""

    def __init__(self) -> None:
        self.report = Report(None)  # type: ignore[arg-type]

    def __call__(self, change: Callable[[], object], *, files: bool = False) -> Report:
        with db.atomic() as deed:
            change()
            self.report = audit(files=files)
            deed.rollback()
        return self.report


@pytest.fixture
def after() -> Tampering:
    return Tampering()


def test_an_untouched_register_passes(school, rows, max_queries):
    services.revoke(rows[0], ground=3, **school.two, **DECISION)
    services.supersede(rows[1], **school.two, **DECISION)
    with max_queries(32):
        report = audit()
    assert (report.findings, report.total) == ([], 0)
    assert report.counts["certificates"] == 4
    assert report.counts["papers"] == 3
    assert report.counts["unsigned"] == 1
    assert report.counts["entries"] == LogEntry.select().count()


def test_threat_11_whatever_column_is_changed_the_row_is_named(rows, after):
    row = Certificate.get_by_id(rows[0].id)
    quiet = {"id", "register", "batch", "klass", "membership", "programme", "supersedes", "official"}
    names = [field.name for field in Certificate._meta.sorted_fields if field.name not in quiet]
    assert set(FILLED_ONCE) < set(names)
    for name in names:
        field = Certificate._meta.fields[name]
        value = b"\x00" if field.field_type == "BLOB" else other_value(row, field)
        value = 77 if name == "register_number" else value
        report = after(
            lambda name=name, value=value: (
                Certificate.update({name: value}).where(Certificate.id == row.id).execute()
            ),
            files=name == "pdf_path",
        )
        named = [
            one
            for one in report.findings
            if one.table == "certificates_certificate" and one.row == str(row.id)
        ]
        assert named, name
        others = [
            one for one in report.findings if one not in named and one.code not in {"gap", "last_number"}
        ]
        assert not others, name


def test_threat_11_another_holder_class_or_membership_is_named(school, rows, after):
    other = school.issued("Phạm Khác", code="khac")[0]
    for column in ("official_id", "klass_id", "membership_id", "batch_id"):
        value = getattr(other, column)
        change = f"UPDATE certificates_certificate SET {column} = ?, edition = 7 WHERE id = ?"
        report = after(lambda value=value, change=change: run(change, value, rows[0].id))
        assert str(rows[0].id) in {one.row for one in report.findings}, column


def test_a_value_that_is_not_even_of_its_kind_is_named(rows, after):
    report = after(
        lambda: run("UPDATE certificates_certificate SET posts = ? WHERE id = ?", "[[", rows[1].id)
    )
    assert ("unreadable", "certificates_certificate", str(rows[1].id)) in found(report)
    assert {one.row for one in report.findings} == {str(rows[1].id)}


def test_threat_12_a_certificate_that_was_not_issued_is_named(rows, after):
    def insert() -> int:
        values = dict(Certificate.get_by_id(rows[0].id).__data__)
        values |= {
            "id": 99_999, "id16": "0" * 16, "serial": "TCT999999", "status_index": 1, "register_number": 4, "edition": 2,
        }  # fmt: skip
        return Certificate.insert(values).execute()

    report = after(insert)
    mine = {one.code for one in report.findings if one.row == "99999"}
    assert {"not_logged", "differs", "status_gap"} <= mine


def test_an_unsigned_copy_is_named_too(rows, after):
    """Somebody without a key adds a row and waits for the worker to sign it."""

    def insert() -> None:
        values = dict(Certificate.get_by_id(rows[0].id).__data__) | dict.fromkeys(FILLED_ONCE)
        values |= {
            "id": 99_999, "id16": "0" * 16, "serial": "TCT999999", "status_index": 1, "register_number": 4, "edition": 2,
        }  # fmt: skip
        Certificate.insert(values).execute()
        RegisterYear.update(last_number=4).execute()
        StatusChange.insert(certificate=99_999, number=1, status="issued", on_date=date(2025, 4, 2)).execute()

    report = after(insert)
    assert {(one.code, one.row) for one in report.findings} == {("not_logged", "99999")}


def test_a_deleted_certificate_is_named(rows, after):
    def delete() -> None:
        run("DELETE FROM certificates_status WHERE certificate_id = ?", rows[2].id)
        run("DELETE FROM certificates_certificate WHERE id = ?", rows[2].id)

    report = after(delete)
    assert ("deleted", "certificates_certificate", str(rows[2].id)) in found(report)
    assert "last_number" in codes(report)


def test_a_gap_in_the_numbers_is_named(rows, after):
    report = after(
        lambda: run("UPDATE certificates_certificate SET register_number = 9 WHERE id = ?", rows[1].id)
    )
    assert {(one.code, one.detail) for one in report.findings if one.table != "certificates_certificate"} == {
        ("last_number", "3 ≠ 9")
    }
    assert {one.detail for one in report.findings if one.code == "gap"} == {"3/2025", "9/2025"}


# --- the log ------------------------------------------------------------------------------------


def test_threat_13_a_rewritten_entry_is_named(rows, after):
    entry = LogEntry.get(LogEntry.certificate == rows[1].id, LogEntry.kind == "sign")
    for column, value in (
        ("entry", '{"v":1}'),
        ("leaf", b"x"),
        ("kind", "print"),
        ("ref", "0" * 64),
        ("salt", b"x"),
    ):
        target = (
            entry
            if column != "salt"
            else LogEntry.get(LogEntry.kind == "issue", LogEntry.certificate == rows[1].id)
        )
        report = after(
            lambda column=column, value=value, target=target: (
                LogEntry.update({column: value}).where(LogEntry.id == target.id).execute()
            )
        )
        assert report.findings, column
        assert {str(target.seq), str(rows[1].id)} & {one.row for one in report.findings}, column


def test_threat_13_a_tree_worked_out_anew_does_not_fit_what_was_signed(rows, after):
    """A clever administrator rewrites an entry and everything above it; only the signed states are out of reach."""

    def rewrite() -> None:
        victim = LogEntry.get(LogEntry.certificate == rows[1].id, LogEntry.kind == "issue")
        told = json.loads(victim.entry) | {"on": "2024-04-02"}
        LogEntry.update(entry=entries.canonical(told)).where(LogEntry.id == victim.id).execute()
        build_log_anew(keep_signed=True)

    report = after(rewrite)
    assert [one.code for one in report.findings] == ["rewritten"]
    assert report.findings[0].detail == f"0 – {LogEntry.select().count() - 1}"


def test_threat_13_a_log_that_was_cut_is_named(rows, after):
    last = LogEntry.select().order_by(LogEntry.seq.desc()).get()
    report = after(lambda: run("DELETE FROM certificates_log WHERE seq = ?", last.seq))
    assert {"head", "cut", "not_logged"} <= codes(report)
    middle = LogEntry.get(LogEntry.certificate == rows[1].id, LogEntry.kind == "sign")
    report = after(lambda: run("DELETE FROM certificates_log WHERE seq = ?", middle.seq))
    assert ("entry_missing", "certificates_log", str(middle.seq)) in found(report)
    assert ("not_logged", "certificates_certificate", str(rows[1].id)) in found(report)


def test_threat_13_a_forged_signed_state_is_named(rows, after):
    report = after(
        lambda: run(
            "UPDATE certificates_log_checkpoint SET note = ?", "kiemtra.example.vn/log\n1\nAAAA\n\n— x y\n"
        )
    )
    assert codes(report) == {"note"}


def test_threat_14_a_revocation_that_was_cleared_is_named(school, rows, after):
    services.revoke(rows[0], ground=3, **school.two, **DECISION)
    cleared = after(
        lambda: run(
            "DELETE FROM certificates_status WHERE certificate_id = ? AND status = 'revoked'", rows[0].id
        )
    )
    assert [(one.code, one.label, one.detail) for one in cleared.findings] == [
        ("status_deleted", rows[0].serial, "2")
    ]
    for change in (
        "status = 'reinstated'",
        "ground = 5",
        "decision_no = 'x'",
        "on_date = '2030-01-01'",
        "note = 'x'",
    ):
        sql = f"UPDATE certificates_status SET {change} WHERE certificate_id = ? AND number = 2"
        report = after(lambda sql=sql: run(sql, rows[0].id))
        assert [(one.code, one.detail) for one in report.findings] == [("status_altered", "2")], change


def test_threat_14_an_old_database_does_not_fit_the_copy_beside_it(school, rows, monkeypatch):
    with db.atomic() as today:
        services.revoke(rows[0], ground=3, **school.two, **DECISION)
        made = checkpoints.make()
        ahead = (int(made.size), bytes(made.root))
        today.rollback()
    monkeypatch.setattr(checkpoints, "read_copy", lambda: ahead)
    assert codes(audit(files=False)) == {"cut"}


# --- people -------------------------------------------------------------------------------------


def test_threat_15_more_certificates_than_learners_who_completed_is_named(school, rows, after):
    def not_passed() -> None:
        Result.update(completed=False).where(Result.membership == rows[0].membership_id).execute()

    report = after(not_passed)
    assert {(one.code, one.row) for one in report.findings} == {
        ("more_than_completed", str(rows[0].klass_id)),
        ("not_completed", str(rows[0].id)),
    }
    assert next(one.detail for one in report.findings if one.code == "more_than_completed") == "3 > 2"


def test_threat_15_one_person_who_did_both_is_named(rows, after):
    batch = Batch.get_by_id(rows[0].batch_id)
    report = after(
        lambda: run("UPDATE certificates_batch SET prepared_by_id = approved_by_id WHERE id = ?", batch.id)
    )
    assert found(report) == {("one_person", "certificates_batch", str(batch.id))}


# --- papers, dictionary, keys -------------------------------------------------------------------


def test_a_paper_that_was_exchanged_is_named(rows):
    path = settings().files / Certificate.get_by_id(rows[0].id).pdf_path
    kept = path.read_bytes()
    try:
        path.write_bytes(kept + b"%")
        assert {(one.code, one.row) for one in audit().findings} == {("paper_differs", str(rows[0].id))}
        path.unlink()
        assert {(one.code, one.row) for one in audit().findings} == {("paper_missing", str(rows[0].id))}
    finally:
        path.write_bytes(kept)


def test_dictionary_and_keys_are_compared(rows, after):
    report = after(lambda: run("UPDATE certificates_term SET title = ? WHERE kind = 'programme'", "Lớp khác"))
    assert codes(report) == {"term_altered", "term_deleted"}
    report = after(lambda: run("UPDATE certificates_key SET public_key = ?", b"x" * 32))
    assert {"key", "token", "extract"} == codes(report)


def test_threat_10_what_a_leaked_key_signed_later_is_named(rows, after):
    """The first certificate was in the log while the key was safe; the others came after."""
    size = log.included_at(rows[0].id)

    def withdraw() -> None:
        sql = "UPDATE certificates_key SET status = 'withdrawn', withdrawn_at = ?, last_good_checkpoint = ? WHERE kid = ?"
        run(sql, datetime(2025, 4, 3), size, Certificate.get_by_id(rows[0].id).kid)

    report = after(withdraw)
    assert found(report) == {
        ("after_withdrawal", "certificates_certificate", str(one.id)) for one in rows[1:]
    }


# --- the command --------------------------------------------------------------------------------


def test_every_finding_has_its_sentence(rows, after):
    report = after(
        lambda: run("UPDATE certificates_certificate SET grade = ? WHERE id = ?", "Giỏi", rows[0].id)
    )
    assert all(one.sentence and "%(" not in one.sentence for one in report.findings)
    assert codes(report) <= set(SENTENCES)
    assert json.loads(json.dumps(report.as_json()))["findings"][0]["table"] == "certificates_certificate"


def test_the_command_names_rows_and_ends_with_one(app, rows, monkeypatch):
    monkeypatch.setattr("lms.cli.context.application", lambda: app)
    good = CliRunner().invoke(command, [])
    assert (good.exit_code, "✔ everything is as it was" in good.output) == (0, True), good.output
    run("UPDATE certificates_certificate SET grade = ? WHERE id = ?", "Giỏi", rows[0].id)
    bad = CliRunner().invoke(command, ["--no-files"])
    assert bad.exit_code == 1
    assert f"certificates_certificate {rows[0].id} ({rows[0].serial}): " in bad.output
    told = json.loads(CliRunner().invoke(command, ["--json"]).output)
    assert told["total"] == 2
    assert {one["row"] for one in told["findings"]} == {str(rows[0].id)}


# --- the page -----------------------------------------------------------------------------------


def test_the_inspector_reads_the_last_result_and_starts_the_next(login, make, rows, deliver):
    inspector = make.user("inspector")
    assert "Chưa kiểm tra lần nào" in login(inspector).get("/certificates/audit").text
    run("UPDATE certificates_certificate SET grade = ? WHERE id = ?", "Giỏi", rows[0].id)
    answer = login(inspector).post("/certificates/audit", follow_redirects=True)
    assert answer.status_code == 200
    deliver()
    page = login(inspector).get("/certificates/audit").text
    assert rows[0].serial in page
    assert "khác với bản đã đóng băng khi cấp" in page
    assert Notice.select().where(Notice.user == inspector, Notice.topic == "certificates.alarms").count() == 1
    assert AuditRow.select().where(AuditRow.deed == "certificates.audit_started").count() == 1


def test_only_who_inspects_sees_the_audit(login, school):
    assert login(school.officer).get("/certificates/audit").status_code == 403
    assert login(school.officer).post("/certificates/audit").status_code == 403


def test_a_sound_register_alarms_nobody(login, make, school, deliver):
    inspector = make.user("inspector")
    school.printed("Nguyễn Văn An")
    login(inspector).post("/certificates/audit")
    deliver()
    assert "Mọi dữ liệu đều khớp" in login(inspector).get("/certificates/audit").text
    assert not Notice.select().where(Notice.topic == "certificates.alarms").exists()
