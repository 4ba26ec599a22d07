"""Two records of one person are put together without losing anything, and taken apart again."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from certificates import services as certificates
from certificates.models import Certificate
from courses.models import Membership
from evaluation.models import Draw
from lms.access.models import User
from lms.answers import Moving
from lms.audit.models import AuditRow
from lms.db import BaseModel, db
from lms.errors import Invalid, Refused
from lms.people import owning, queries
from lms.people.merging import plan, services
from lms.people.merging.models import OfficialMerge
from lms.people.models import Employment, Official
from lms.plugins import hookimpl
from lms.plugins.registry import registry
from plugins.assessment.models import Score, Test
from plugins.attendance.models import Mark
from plugins.eligibility.models import RecordedFact
from plugins.enrolment.models import Nomination

REASON = "Cùng số CCCD trên hai hồ sơ giấy"


@pytest.fixture
def history(make, kept, gone, justice):
    """Both have one class; the record that goes has marks, a score, a nomination, a fact and an account."""
    first, second = (make.klass(sessions=2) for _ in range(2))
    make.learner(first, official=kept)
    place = make.learner(second, official=gone)
    for session in second.sessions:
        Mark.create(session=session, membership=place, status="present")
    Score.create(test=Test.create(klass=second, title="Bài thu hoạch"), membership=place, points=8)
    Nomination.create(klass=second, official=gone, organisation=justice)
    RecordedFact.create(official=gone, kind="degree", value="dai_hoc")
    return make.user("trainee", official=gone)


def before_and_after(planned):
    return {
        row["table"]: (row["kept_before"], row["gone_before"], row["kept_after"]) for row in planned.counts
    }


def owners():
    """Who owns what: the whole state a merge may touch."""
    models = (Membership, Certificate, Nomination, RecordedFact, Employment, User)
    state = {
        model._meta.table_name: sorted(model.select(model.id, model.official).tuples()) for model in models
    }
    columns = (Official.id, Official.code, Official.birth_date, Official.cccd_hash, Official.active)
    return state | {"lms_official": sorted(Official.select(*columns, Official.merged_into).tuples())}


def test_the_preview_counts_every_table_and_changes_nothing(kept, gone, history):
    state = owners()
    counts = before_and_after(plan.of(kept, gone))
    assert counts["courses_membership"] == (1, 1, 2)
    assert counts["attendance_mark"] == (0, 2, 2)
    assert counts["assessment_score"] == (0, 1, 1)
    assert counts["enrolment_nomination"] == (0, 1, 1)
    assert counts["eligibility_fact"] == (0, 1, 1)
    assert counts["lms_user"] == (0, 1, 1)
    assert counts["lms_employment"] == (1, 1, 2)
    assert owners() == state


def test_after_the_merge_the_counts_are_those_of_the_preview(kept, gone, history, department):
    promised = before_and_after(plan.of(kept, gone))
    services.merge(kept, gone, reason=REASON, by=department)
    assert Membership.select().where(Membership.official == kept).count() == promised["courses_membership"][2]
    marks = Mark.select().join(Membership).where(Membership.official == kept).count()
    assert marks == promised["attendance_mark"][2]
    assert User.get_by_id(history.id).official_id == kept.id
    assert not Membership.select().where(Membership.official == gone).exists()
    row = AuditRow.get(AuditRow.deed == "people.merged")
    assert (row.object_id, row.details["gone"]) == (str(kept.id), gone.id)


def test_what_the_kept_record_lacks_is_taken_over(kept, gone, department):
    services.merge(kept, gone, reason=REASON, by=department)
    person = Official.get_by_id(kept.id)
    assert (person.birth_date, person.code, person.cccd_masked) == (
        date(1985, 4, 2),
        "012345",
        "•••••••••456",
    )


def test_undo_gives_everything_back(kept, gone, history, department):
    state = owners()
    merge = services.merge(kept, gone, reason=REASON, by=department)
    assert owners() != state
    services.undo(merge, reason="Là hai người", by=department)
    assert owners() == state
    with pytest.raises(services.CannotUndo):
        services.undo(merge, reason="Một lần nữa", by=department)


def test_without_a_reason_nothing_happens(kept, gone, department):
    with pytest.raises(Invalid):
        services.merge(kept, gone, reason=" ", by=department)
    assert Official.get_by_id(gone.id).merged_into_id is None


def test_a_stale_preview_is_refused(make, kept, gone, department):
    shown = plan.of(kept, gone).fingerprint
    make.learner(make.klass(), official=gone)
    with pytest.raises(services.PlanChanged):
        services.merge(kept, gone, reason=REASON, by=department, fingerprint=shown)


def test_two_citizen_ids_are_two_persons(make, justice, gone, department):
    other = make.official("Lê Thị Hòa", justice, cccd="038185999999")
    with pytest.raises(services.CannotMerge, match="hai số CCCD"):
        services.merge(other, gone, reason=REASON, by=department)


class TestBothInOneClass:
    @pytest.fixture
    def places(self, make, kept, gone):
        klass = make.klass("K07-2025")
        return make.learner(klass, official=kept), make.learner(klass, official=gone)

    def test_is_named_and_forbids_the_merge(self, kept, gone, places, department):
        with pytest.raises(services.CannotMerge, match="K07-2025"):
            services.merge(kept, gone, reason=REASON, by=department)

    def test_a_place_already_left_stays_with_the_old_record(self, kept, gone, places, department):
        Membership.update(left_at=datetime(2025, 3, 5)).where(Membership.id == places[1].id).execute()
        services.merge(kept, gone, reason=REASON, by=department)
        assert Membership.get_by_id(places[1].id).official_id == gone.id

    def test_when_the_kept_record_has_left_the_other_way_round_is_advised(
        self, kept, gone, places, department
    ):
        Membership.update(left_at=datetime(2025, 3, 5)).where(Membership.id == places[0].id).execute()
        with pytest.raises(services.CannotMerge, match="chiều ngược lại"):
            services.merge(kept, gone, reason=REASON, by=department)


def test_two_live_nominations_for_one_class_forbid_it(make, kept, gone, justice, department):
    klass = make.klass("K08-2025")
    for one in (kept, gone):
        Nomination.create(klass=klass, official=one, organisation=justice)
    with pytest.raises(services.CannotMerge, match="K08-2025"):
        services.merge(kept, gone, reason=REASON, by=department)


def test_the_other_accounts_stays_where_it_is_when_both_have_one(make, kept, gone, department):
    accounts = [make.user("trainee", official=one) for one in (kept, gone)]
    services.merge(kept, gone, reason=REASON, by=department)
    assert [User.get_by_id(one.id).official_id for one in accounts] == [kept.id, gone.id]


def test_a_form_taken_under_both_records_is_counted_once(kept, gone, department, app):
    share = next(one for one in plan.of(kept, gone).moving if one.model is Draw)
    assert (share.key, share.ids) == ("questionnaire", ())


class TestCertificates:
    @pytest.fixture
    def certificate(self, school):
        return school.issued("Lê Thị Hòa")[0]

    def test_belong_to_the_kept_record_and_stay_as_printed(self, make, department, certificate):
        kept = make.official("Lê Thị Hoà Bình", birth_date=date(1980, 2, 1))
        services.merge(kept, certificate.official, reason=REASON, by=department)
        after = Certificate.get_by_id(certificate.id)
        assert after.official_id == kept.id
        assert (after.name, bytes(after.token)) == ("Lê Thị Hòa", bytes(certificate.token))

    def test_the_database_accepts_no_other_holder(self, make, certificate):
        stranger = make.official()
        with pytest.raises(Exception, match="belongs"), db.atomic():
            Certificate.update(official=stranger).where(Certificate.id == certificate.id).execute()

    def test_undo_gives_it_back(self, make, department, certificate):
        kept, gone = make.official("Lê Thị Hoà Bình"), certificate.official
        merge = services.merge(kept, gone, reason=REASON, by=department)
        services.undo(merge, reason="Là hai người", by=department)
        assert Certificate.get_by_id(certificate.id).official_id == gone.id

    def test_one_issued_since_stands_in_the_way_of_undoing(self, make, school, department, frozen):
        klass = school.closed_class("Lê Thị Hòa")
        gone = klass.memberships.get().official
        merge = services.merge(make.official("Lê Thị Hoà Bình"), gone, reason=REASON, by=department)
        with frozen(date(2025, 4, 3)):
            certificates.approve_and_issue(school.prepared(klass), by=school.head)
            serial = Certificate.get(Certificate.klass == klass).serial
            with pytest.raises(Refused, match=serial):
                services.undo(merge, reason="Là hai người", by=department)
        assert Official.get_by_id(gone.id).merged_into_id is not None


class TestStandingInTheWayOfUndoing:
    @pytest.fixture
    def merge(self, kept, gone, history, department):
        return services.merge(kept, gone, reason=REASON, by=department)

    def test_a_row_that_is_gone(self, merge, department):
        RecordedFact.delete().execute()
        with pytest.raises(owning.StandsInTheWay, match="eligibility_fact"):
            services.undo(merge, reason="Là hai người", by=department)

    def test_a_value_changed_since(self, merge, kept, department):
        Official.update(birth_date=date(1985, 5, 5)).where(Official.id == kept.id).execute()
        with pytest.raises(services.CannotUndo, match="Ngày sinh"):
            services.undo(merge, reason="Là hai người", by=department)

    def test_another_merge_of_the_record_kept(self, merge, make, kept, department):
        services.merge(make.official("Lê Thị Hoà"), Official.get_by_id(kept.id), reason=REASON, by=department)
        with pytest.raises(services.CannotUndo, match="hợp nhất"):
            services.undo(merge, reason="Là hai người", by=department)


class TestPages:
    def test_from_the_list_to_the_counts_and_back(self, client, login, department, kept, gone, history):
        login(department)
        page = client.get(f"/people/{kept.id}/merge/{gone.id}").text
        assert "038185123456" not in page
        assert "Phiếu đề cử" in page or "Đề cử" in page
        shown = plan.of(kept, gone).fingerprint
        answer = client.post(
            f"/people/{kept.id}/merge/{gone.id}", data={"reason": REASON, "fingerprint": shown}
        )
        merge = OfficialMerge.get()
        assert answer.location.endswith(f"/people/merges/{merge.id}")
        assert REASON in client.get(answer.location).text
        assert client.get("/people/merges").status_code == 200
        client.post(f"/people/merges/{merge.id}/undo", data={"reason": "Là hai người"})
        assert Official.get_by_id(gone.id).merged_into_id is None

    def test_the_old_address_leads_to_the_kept_record(self, client, login, department, kept, gone):
        services.merge(kept, gone, reason=REASON, by=department)
        login(department)
        answer = client.get(f"/people/{gone.id}")
        assert (answer.status_code, answer.location) == (301, f"/people/{kept.id}")
        assert client.get(f"/people?q={gone.full_name}").text.count(f'/people/{gone.id}"') == 0

    def test_a_refused_merge_says_why_and_keeps_the_words(self, client, login, department, make, kept, gone):
        klass = make.klass("K09-2025")
        for one in (kept, gone):
            make.learner(klass, official=one)
        login(department)
        answer = client.post(f"/people/{kept.id}/merge/{gone.id}", data={"reason": REASON})
        assert answer.status_code == 422
        assert "K09-2025" in answer.text

    def test_only_the_department_merges(self, client, login, make, justice, kept, gone):
        login(make.user("training_officer", organisation=justice))
        assert client.post(f"/people/{kept.id}/merge/{gone.id}").status_code == 403


def test_over_two_merges_the_last_record_counts(make, kept, gone, department):
    last = make.official("Lê Thị Hoà")
    services.merge(kept, gone, reason=REASON, by=department)
    services.merge(last, Official.get_by_id(kept.id), reason=REASON, by=department)
    assert queries.survivor_id(gone.id) == last.id


class TestPlugins:
    @pytest.fixture
    def answering(self):
        added = []

        def add(function):
            module = type("Answers", (), {"merge_officials": staticmethod(hookimpl(function))})
            registry.add_answers("notes", module)
            registry._answerers.clear()
            added.append(module)

        yield add
        for module in added:
            registry.manager.unregister(module)
        registry._answerers.clear()

    def test_one_that_crashes_stops_the_merge(self, answering, kept, gone, department):
        def merge_officials(kept, gone):
            raise RuntimeError("broken")

        answering(merge_officials)
        with pytest.raises(Refused):
            services.merge(kept, gone, reason=REASON, by=department)
        assert Official.get_by_id(gone.id).merged_into_id is None

    def test_one_that_is_switched_off_still_moves_its_rows(self, turn_off, kept, gone, department):
        RecordedFact.create(official=gone, kind="degree")
        turn_off("eligibility")
        services.merge(kept, gone, reason=REASON, by=department)
        assert RecordedFact.get().official_id == kept.id

    def test_a_table_nobody_speaks_for_forbids_the_merge(self, monkeypatch, kept, gone, department):
        real = owning.pointing_to
        monkeypatch.setattr(owning, "pointing_to", lambda owner: real(owner) | {"notes_note"})
        with pytest.raises(services.CannotMerge, match="notes_note"):
            services.merge(kept, gone, reason=REASON, by=department)

    def test_its_conflict_is_named(self, answering, kept, gone, department):
        answering(lambda kept, gone: [Moving(BaseModel, "Sổ", conflicts=("Sổ đã khóa.",), field="")])
        assert "Sổ đã khóa." in plan.of(kept, gone).conflicts
