"""Lists are applied once and whole; one official at a time follows the same rules."""

import io

import pytest
import xlsxwriter

from lms.audit.models import AuditRow
from lms.errors import Invalid, NotFound, Refused
from lms.importing import answer, drafts, services, sheets
from lms.importing.kinds import kind_or_404
from lms.importing.models import ImportDraft
from lms.importing.preview import Status
from lms.people.models import Employment, Official
from lms.plugins.registry import registry
from plugins.enrolment import queries
from plugins.enrolment.models import Nomination, NominationStep
from plugins.enrolment.services import nominating

KIND = "enrolment.nominate"

pytestmark = pytest.mark.usefixtures("english")


def statuses(klass):
    return {
        row.official.full_name: row.status for row in Nomination.select().where(Nomination.klass == klass)
    }


def sent(province, data, name):
    """A list that the agency's officer sends for the class."""
    return services.take_in(kind_or_404(KIND), data, name, by=province.officer, target=province.klass.id)


@pytest.fixture
def draft(province, sample_bytes):
    return sent(province, sample_bytes, "danh-sach.xlsx")


def test_a_list_becomes_nominations_and_new_officials(province, draft):
    before = Official.select().count()
    result = services.apply(draft, by=province.officer)
    assert result.counts == {
        "new": 18, "added": 3, "changed": 0, "same": 0, "conflict": 7, "error": 0, "skipped": 18,
    }  # fmt: skip
    assert Official.select().count() == before + 3
    assert set(statuses(province.klass).values()) == {"submitted"}
    assert len(statuses(province.klass)) == 18
    fresh = Official.get(Official.full_name == "Huỳnh Xuân An")
    assert (fresh.code, fresh.birth_date, fresh.birth_year, fresh.gender) == ("057689", None, 1982, "M")
    assert (fresh.organisation.name, fresh.unit_text) == ("UBND xã Hoằng Lộc", "UBND xã Hoằng Lộc")
    assert fresh.cccd_tail == "571"
    assert Employment.select().where(Employment.official == fresh).count() == 1
    one = Nomination.get(Nomination.official == province.officials["085320"])
    assert (one.position, one.unit_text, one.remark) == (
        "Phó Trưởng phòng",
        "UBND xã Hoằng Lộc",
        "Quy hoạch PGĐ",
    )
    assert (one.decision_number, str(one.decision_date)) == ("125/QĐ-UBND", "2025-02-03")
    assert one.organisation == province.organisations["xa-hoang-hoa"]
    assert NominationStep.select().count() == 18
    row = AuditRow.get(AuditRow.deed == "enrolment.nominated_from_list")
    assert row.details["nominated"] == 18
    assert "038" not in str(row.details)


def test_every_row_has_an_outcome(province, draft):
    result = services.apply(draft, by=province.officer)
    assert [outcome.number for outcome in result.outcomes] == list(range(1, 44))
    said = {outcome.number: (outcome.sentence, outcome.done) for outcome in result.outcomes}
    assert said[10] == ("Nominated.", True)
    assert said[35] == ("Put on record and nominated.", True)
    assert said[11][0].startswith("Out of your scope")
    assert not said[11][1]


def test_a_list_is_applied_only_once(province, draft):
    services.apply(draft, by=province.officer)
    with pytest.raises(drafts.AlreadyApplied):
        services.apply(draft, by=province.officer)
    with pytest.raises(drafts.AlreadyApplied):
        services.correct(draft, 11, {"unit": "UBND xã Hoằng Hoá"}, by=province.officer)
    with pytest.raises(drafts.AlreadyApplied):
        drafts.discard(draft)
    assert Nomination.select().count() == 18


def test_sending_the_same_list_again_changes_nothing(province, draft, sample_bytes):
    services.apply(draft, by=province.officer)
    again = sent(province, sample_bytes, "lan-2.xlsx")
    counts = drafts.preview(again).counts()
    assert (counts[Status.NEW], counts[Status.CHANGED], counts[Status.SAME]) == (0, 0, 18)
    with pytest.raises(Invalid, match="No row can be nominated"):
        services.apply(again, by=province.officer)


def test_the_result_file_is_the_senders_table_and_can_be_sent_again(province, draft, sample):
    result = services.apply(draft, by=province.officer)
    data = answer.workbook(drafts.grid(draft), drafts.preview(draft), result)
    grid = sheets.read(data, "ket-qua.xlsx")
    assert len(grid.rows) == 43
    assert grid.rows[7][-2:] == ("Result", "Reason")
    assert grid.rows[9][1:3] == ("Trần Văn Ỷ", "13/3/1976")
    assert grid.rows[11][3] == sample.rows[11][3]
    assert grid.rows[13][4] == "38607356478"
    assert grid.rows[9][-2:] == ("New", "Nominated. On record in another unit: UBND xã Hoằng Hoá.")
    assert grid.rows[10][-2] == "Conflict"
    again = sent(province, data, "ket-qua.xlsx")
    assert drafts.preview(again).counts()[Status.SAME] == 18


def test_corrections_are_kept_also_when_they_are_still_wrong(province, draft):
    preview = services.correct(
        draft, 16, {"unit": "UBND xã Hoằng Hoá", "name": "Hoàng Văn Hoà"}, by=province.officer
    )
    assert (preview.row(16).status, preview.row(16).fixed) == (Status.NEW, ("unit",))
    preview = services.correct(draft, 16, {"birth": "31/02/1977"}, by=province.officer)
    assert (preview.row(16).status, preview.row(16).values["birth"]) == (Status.ERROR, "31/02/1977")
    draft = ImportDraft.get_by_id(draft.id)
    assert drafts.fixes(draft) == {16: {"unit": "UBND xã Hoằng Hoá", "birth": "31/02/1977"}}
    services.correct(draft, 16, {"birth": "13/11/1977"}, by=province.officer)
    services.correct(draft, 34, {"record_chosen": str(province.officials["028205"].id)}, by=province.officer)
    services.correct(draft, 10, {"skip": "1"}, by=province.officer)
    result = services.apply(draft, by=province.officer)
    assert (result.counts["new"], result.counts["added"], result.counts["conflict"]) == (19, 4, 5)
    assert "Vũ Ngọc Hường" in statuses(province.klass)
    assert "Trần Văn Ỷ" not in statuses(province.klass)


def test_a_skipped_row_comes_back(province, draft):
    services.correct(draft, 10, {"skip": "1"}, by=province.officer)
    assert services.correct(draft, 10, {"skip": ""}, by=province.officer).row(10).status is Status.NEW


def test_only_rows_that_are_data_can_be_corrected(province, draft):
    for number in (1, 8, 39, 99, 0):
        with pytest.raises(NotFound):
            services.correct(draft, number, {"name": "X"}, by=province.officer)


def test_what_is_kept_is_sealed(province, draft):
    services.correct(draft, 10, {"cccd": "038305040048"}, by=province.officer)
    row = ImportDraft.get_by_id(draft.id)
    for kept in (row.content, row.fixes, row.preview):
        assert kept
        assert "038305040048" not in kept
        assert "Trần" not in kept


def test_judging_happens_again_when_applied(province, draft):
    """Somebody else nominated in the meantime: that row turns into what it is now."""
    official = province.officials["065689"]
    nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)
    result = services.apply(draft, by=province.officer)
    assert (result.counts["new"], result.counts["changed"]) == (17, 1)


def test_nothing_is_written_when_one_row_fails(province, draft, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    before = Official.select().count()
    monkeypatch.setattr(drafts, "finish", fail)
    with pytest.raises(RuntimeError):
        services.apply(draft, by=province.officer)
    assert (Official.select().count(), Nomination.select().count()) == (before, 0)
    assert ImportDraft.get_by_id(draft.id).applied_at is None


def test_a_class_that_takes_no_nominations(province, draft, sample_bytes, make):
    make.learner(province.klass, official=province.officials["065689"])  # so that the agency sees the class
    province.klass.state = "running"
    province.klass.save()
    with pytest.raises(nominating.NotEnrolling):
        services.apply(draft, by=province.officer)
    with pytest.raises(nominating.NotEnrolling):
        sent(province, sample_bytes, "x.xlsx")


def test_an_unreadable_list_leaves_nothing_behind(province):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write(0, 0, "không có gì")
    with pytest.raises(Invalid, match="No header row"):
        sent(province, stream.getvalue(), "x.xlsx")
    assert ImportDraft.select().count() == 0


def test_one_official_at_a_time(province):
    official = province.officials["065689"]
    one = nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)
    assert (one.status, one.nominated_by) == ("submitted", province.officer)
    with pytest.raises(nominating.AlreadyNominated):
        nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)


def test_a_learner_is_not_nominated_again(province, make):
    official = province.officials["065689"]
    make.learner(province.klass, official=official)
    with pytest.raises(nominating.AlreadyNominated, match="learner"):
        nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)


def test_a_withdrawn_nomination_can_be_made_again_and_its_steps_stay(province):
    official = province.officials["065689"]
    one = nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)
    with pytest.raises(Invalid):
        nominating.withdraw(one, by=province.officer, reason=" ")
    one = nominating.withdraw(one, by=province.officer, reason="Nhiệm vụ khác")
    assert (one.status, one.reason) == ("withdrawn", "Nhiệm vụ khác")
    with pytest.raises(nominating.AlreadyDecided):
        nominating.withdraw(one, by=province.officer, reason="Lần nữa")
    again = nominating.nominate_one(province.klass, official, official.organisation, by=province.officer)
    assert (again.id, again.status, again.reason) == (one.id, "submitted", "")
    steps = queries.steps([again])[again.id]
    assert [step.status for step in steps] == ["submitted", "withdrawn", "submitted"]


def test_a_veto_of_another_plugin_is_a_conflict_with_its_sentence(province, draft, monkeypatch):
    def veto(_name, *, official, **_):
        if official.code == "065689":
            raise Refused("Đã có chứng chỉ này.")

    monkeypatch.setattr("plugins.enrolment.services.judging.check", veto)
    preview = services.judge(draft, by=province.officer)
    assert (preview.row(25).status, preview.row(25).reason) == (Status.CONFLICT, "Đã có chứng chỉ này.")
    assert preview.row(10).status is Status.NEW


def test_unfinished_lists_are_found_again_and_old_ones_go(province, draft, frozen):
    assert [one.key for one in drafts.unfinished(KIND, by=province.officer)] == [draft.key]
    assert drafts.unfinished(KIND, by=province.stranger) == []
    with pytest.raises(NotFound):
        drafts.find(draft.key, KIND, by=province.stranger)
    assert drafts.tidy() == 0
    ImportDraft.update(changed_at=draft.changed_at.replace(year=2024)).execute()
    assert drafts.tidy() == 1


def test_registry_knows_the_plugin(app):
    assert registry.found["enrolment"].loaded
