"""A small province in which every address of the application can be filled in: all of it belongs to one agency.

A new route with a parameter of a new name makes `address` raise `Unfilled`, whose sentence says what to add here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask, url_for
from werkzeug.routing import BuildError, Rule

from certificates import services as certificates
from certificates.cases import services as cases
from certificates.intake.models import Intake
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.services import COMPARED
from certificates.regaining.models import Regain
from certificates.services import piles
from certificates.services.templates import begin_template
from certificates.sharing import services as sharing
from courses.models import ClassSession, Klass
from evaluation import queries as evaluation_queries
from evaluation import services as evaluation
from evaluation.models import Invitation
from lms import clock, jobs
from lms.access import links, sign_ins
from lms.access.models import Passkey, User
from lms.api import tokens
from lms.api.webhooks.models import Webhook
from lms.approvals.models import Approval
from lms.bulk.models import BulkRun
from lms.events import Delivery, EventRow
from lms.importing import services as imports
from lms.importing.kinds import kind_or_404
from lms.notify import calendars, notify
from lms.notify.models import MailStop, Notice
from lms.people.merging import services as merging
from lms.people.models import Official, Organisation
from lms.people.privacy import services as privacy
from lms.people.privacy.models import RetentionList
from lms.people.staff.models import StaffList
from lms.people.successors import services as successors
from plugins.assessment import services as assessment
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.services.rules import load_rules
from plugins.enrolment.services import nominating
from tests.certificates.school import found_school

#: Words that stand in nothing but the records of the agency nobody else may look into.
SECRETS = ("Mẫn Thị Kín Đáo", "Khuất Văn Bí Mật", "So Tu Phap Rieng", "bi-mat.csv")
#: A post of the rule book.
POST = "GD-SO"
#: Pages of an import under way.
#: Pages of a kind of list.
_LIST_PAGES = ("import_form", "import_upload", "import_empty", "list_export", "list_export_full")
_CSV = f"TT,Họ và tên,Năm sinh\n1,{SECRETS[1]},1980\n".encode()
ROWS = {"rows": [{"label": "001", "ok": True, "message": ""}]}
REASON = "Kế hoạch của tỉnh, mục II.5 và IV.2, chỉ định Thông tư 10/2017/TT-BNV."


class Unfilled(Exception):
    """A route has a parameter this world has no value for; the sentence says where to add one."""


@dataclass
class World:
    """Everything of the agency, and how addresses are filled from it."""

    agency: Organisation
    officer: User
    official: Official
    klass: Klass
    enrolling: Klass
    #: Parameter name → value.
    by_name: dict[str, Any]
    #: (endpoint, parameter name) → value, where one name means different things.
    by_route: dict[tuple[str, str], Any]

    def address(self, app: Flask, rule: Rule, **instead: Any) -> str:
        """The address of a route with this world's values. Raises Unfilled."""
        values = {name: instead.get(name, self._value(rule, name)) for name in rule.arguments}
        with app.test_request_context():
            try:
                return url_for(rule.endpoint, **values)
            except BuildError as problem:
                raise Unfilled(f"{rule.endpoint} cannot be filled with {values}: {problem}") from problem

    def asked(self) -> dict[str, str]:
        """Ids of the agency as pages take them in a query or a form."""
        official, agency = str(self.official.id), str(self.agency.id)
        return {
            "id": official,
            "official": official,
            "official_id": official,
            "agency": agency,
            "organisation": agency,
            "organisation_id": agency,
            "post": POST,
            "receipt": "ZZZZ-ZZZZ-ZZZZ",
            "rowid": "1",
            "action": "delete",
            "reason": "Thử xem có vào được không",
        }

    def _value(self, rule: Rule, name: str) -> Any:
        if (rule.endpoint, name) in self.by_route:
            return self.by_route[rule.endpoint, name]
        if name in self.by_name:
            return self.by_name[name]
        if rule.defaults and name in rule.defaults:
            return rule.defaults[name]
        raise Unfilled(
            f"Nobody knows a value for <{name}> of the route {rule.endpoint} ({rule.rule}). "
            "Build such a thing of the agency in tests/access/world.py and add it to `by_name` "
            f'(or to `by_route` under ("{rule.endpoint}", "{name}")).'
        )


def build(make: Any) -> World:
    """An agency with its officer, officials, classes, nominations, lists, work, scores and certificates."""
    load_rules(by=None, entered_on=date(2019, 1, 1))
    agency = make.organisation("so-tu-phap-rieng", name="Sở Tư pháp")
    officer = make.user("training_officer", organisation=agency)
    school = found_school(make)
    teacher = make.lecturer(user=make.user("lecturer"))
    klass = make.klass("K71-2025", sessions=2, learners=5, starts_on=date(2025, 3, 3), lecturer=teacher)
    member = make.learner(klass, SECRETS[0], organisation=agency)
    other = make.official(SECRETS[1], agency)
    enrolling = make.klass("K72-2025", state="enrolling", capacity=20)
    nomination = nominating.nominate_one(enrolling, other, agency, by=officer)
    test = assessment.plan_test(klass, "Bài thu hoạch", by=school.officer)
    campaign = evaluation.open_campaign(klass, by=school.officer, scheme_code="TT10-2017", reason=REASON)
    questionnaire = evaluation_queries.questionnaires(campaign)[0]
    ballot = evaluation.print_slips(questionnaire, by=school.officer, printings=0)[0]
    fact = RecordedFact.create(official=other, kind="degree", value="dai-hoc", source="Hồ sơ giấy")
    certified = school.closed_class(SECRETS[0])
    Official.update(organisation=agency).where(
        Official.id.in_([row.official_id for row in certified.memberships])
    ).execute()
    batch = school.prepared(certified)
    certificates.approve_and_issue(batch, by=school.head)
    certificate = batch.certificates[0]
    certificates.sign(certificate)
    certificates.publish_status_lists()
    link, link_code = sharing.share(certificate, label=SECRETS[2], days=30, by=officer)
    elsewhere = Intake.create(
        official=other,
        programme=klass.programme,
        confidence="copy",
        first=dict.fromkeys(COMPARED, SECRETS[2]),
        scan_path="none.jpg",
        first_by=officer,
    )
    old = OldRegister.create(source=SECRETS[3], organisation=agency, first_by=officer)
    old_row = OldEntry.create(register=old, number=2, serial=SECRETS[2], name_folded=SECRETS[2], first=dict.fromkeys((*COMPARED, "register", "unit", "said", "grade"), SECRETS[2]) | {"programme": "", "awarded_on": "2016-05-20"})  # fmt: skip
    case = cases.report(certificate, verdict="genuine", reason="other", note=SECRETS[2])
    order = certificates.order_revocation(
        certified, ground=1, decision_no=SECRETS[2], decided_on=date(2025, 4, 1), by=school.head
    )
    pile = piles.open_pile(by=officer)
    piles.add_to_pile(pile, piles.read_text(certificate.id16), source="list", by=officer)
    session = klass.sessions.order_by(ClassSession.number).first()
    sent = imports.take_in(kind_or_404("people.officials"), _CSV, SECRETS[3], by=officer)
    run = jobs.JobRun.create(
        kind="certificates.sign_and_print", title=SECRETS[2], args={}, by=officer, result=ROWS
    )
    run.tell(SECRETS[1], "done")
    run.write_told()
    double = make.official(SECRETS[1], agency)
    merge = merging.merge(other, make.official(SECRETS[1], agency), reason="Cùng một người", by=None)
    request = privacy.record(member.official, "erasure", by=None)
    staff_import = imports.take_in(
        kind_or_404("people.staff"),
        f"Họ và tên,Năm sinh\n{SECRETS[1]} Anh,1991\n".encode(),
        "staff.csv",
        by=officer,
        target=agency.id,
    )
    imports.apply(staff_import, by=officer)
    staff_list = StaffList.get()
    due = RetentionList.create(made_on=date(2025, 4, 1))
    reorganisation = successors.note("Sắp xếp đơn vị", date(2025, 7, 1), by=None)
    pair = successors.add_pair(reorganisation, agency, make.organisation("so-moi"), by=None)
    fact_told = EventRow.create(name="courses.ClassClosed", payload={"class_id": klass.id})
    delivery = Delivery.create(event=fact_told, handler="certificates.handlers.x", plugin="certificates")
    notify([officer], "enrolment.decided", SECRETS[2], key="k", by=officer)
    notice = Notice.get()
    stop = MailStop.create(address="khong-con@kiemtra.example.vn")
    webhook = Webhook.create(title=SECRETS[2], address="https://example.vn/", events=[], secret_sealed="")
    assert Invitation.select().exists()
    device = sign_ins.begin(officer, "may-cua-so", ends_at=_later(), address="203.0.113.7", agent="Firefox")
    passkey = Passkey.create(user=officer, credential_id="khoa", public_key=b"", name=SECRETS[2])
    approval = Approval.create(
        kind="access.role_permissions",
        permission="platform.users",
        reason=SECRETS[2],
        asked_by=officer,
        expires_at=_later(),
    )
    chosen = BulkRun.create(
        key="chon", deed="enrolment.accept", target=klass.id, by=officer, chosen=[nomination.id]
    )
    choosing = links.for_choosing(officer, by=None).rpartition("/")[2]
    return World(
        agency=agency,
        officer=officer,
        official=member.official,
        klass=klass,
        enrolling=enrolling,
        by_name={
            "batch_id": batch.id,
            "certificate_id": certificate.id,
            "class_id": klass.id,
            "order_id": order.id,
            "pile_id": pile.id,
            "substitute_id": 1,
            "register_id": certificate.register_id,
            "year": certificate.issued_on.year,
            "template_id": begin_template("Mẫu thử", "certificate", by=school.officer).id,
            "fact_id": fact.id,
            "membership_id": member.id,
            "name": "attendance",
            "nomination_id": nomination.id,
            "number": 2,
            "official_id": member.official_id,
            "organisation_id": agency.id,
            "questionnaire_id": questionnaire.id,
            "run_id": run.id,
            "session_id": session.id,
            "mail_id": notice.mail_id,
            "notice_id": notice.id,
            "part": f"class-{klass.id}",
            "stop_id": stop.id,
            "case_id": case.id,
            "intake_id": elsewhere.id,
            "old_id": old.id,
            "regain_id": Regain.create(official=other, contact=SECRETS[2]).id,
            "row_id": old_row.id,
            "share_id": link.id,
            "share_code": link_code[:-1],
            "case_code": case.code,
            "webhook_id": webhook.id,
            "test_id": test.id,
            "token": calendars.make_address(officer),
            "token_id": tokens.make(officer, SECRETS[2], ["people.view"], days=30)[0].id,
            "kept_id": other.id,
            "gone_id": double.id,
            "merge_id": merge.id,
            "reorganisation_id": reorganisation.id,
            "pair_id": pair.id,
            "request_id": request.id,
            "retention_id": due.id,
            "list_id": staff_list.id,
            "deed": "agree",
            "scope_id": klass.id,
            "delivery_id": delivery.id,
            "user_id": officer.id,
            "held_id": officer.roles[0].id,
            "sign_in_id": device.id,
            "passkey_id": passkey.id,
            "approval_id": approval.id,
            "key": sent.key,
            "ending": "csv",
            "export_type": "csv",
            "filename": "none.css",
        },
        by_route={
            ("access.short", "code"): links.create("attendance", {}, expires_at=_later(), by=officer),
            **{(f"access.{page}_password", "code"): choosing for page in ("set", "choose")},
            **{(f"access.{page}role", "name"): "lecturer" for page in ("", "preview_", "change_")},
            ("certificates_api.verify", "code"): "none",
            ("certificates.pile_report", "ending"): "pdf",
            ("verify.pile_report_check", "code"): "none",
            ("verify.compare_report", "code"): "none",
            ("eligibility.verdict", "code"): POST,
            ("evaluation.answer", "code"): ballot,
            ("verify.counts", "code"): "none",
            ("verify.account_of", "code"): certificate.id16,
            ("verify.show", "code"): "none",
            **{(f"verify.status_{form}", "number"): 0 for form in ("list", "credential")},
            ("verify.status_credential", "purpose"): "revocation",
            ("verify.proof", "code"): certificate.id16,
            ("certificates_log.entries_page", "page"): 0,
            ("certificates.leave_out", "number"): 1,
            ("certificates.template_decide", "deed"): "propose",
            ("certificates.template_sample", "which"): "longest",
            ("verify.jwk", "kid"): school.key.kid,
            **{(f"verify.{page}", "number"): certificate.issuer_number for page in ("issuer", "programme")},
            **{
                (f"verify.{page}", "code"): certificate.id16
                for page in ("report", "send_report", "identity", "compare")
            },
            ("web.bulk_choose", "deed"): "enrolment.accept",
            **{(f"web.bulk_{page}", "key"): chosen.key for page in ("show", "apply", "undo")},
            ("web.history", "kind"): "lms_official",
            ("web.history", "object_id"): member.official_id,
            ("web.language", "code"): "vi",
            **{(f"web.plugin_at{page}", "kind"): "class" for page in ("", "_switch", "_settings")},
            **{(f"web.{page}", "kind"): "people.officials" for page in _LIST_PAGES},
        },
    )


def _later() -> Any:
    return clock.now() + timedelta(days=1)
