"""A holder who lost the account gets back to the own certificates: asks with paper and card, is given access in person."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from certificates.regaining import queries, services
from certificates.regaining.models import Regain
from certificates.regaining.services import NotHere
from certificates.token import fragment
from lms import clock
from lms.access.models import User
from lms.access.services import give_role
from lms.audit.models import AuditRow
from lms.crypto import keyed_hash
from lms.errors import Conflict, Invalid
from lms.notify.models import Mail, Notice
from lms.people.models import Official
from tests.certificates.test_verifying import words

NUMBER = "038080012345"
OTHER = "038080099999"


@pytest.fixture
def paper(school):
    """A certificate whose holder's citizen id is on record."""
    row = school.issued("Nguyễn Văn An")[0]
    Official.update(cccd_hash=keyed_hash(NUMBER), cccd_tail="345").where(Official.id == row.official_id).execute()  # fmt: skip
    return row


def ask(client, row, number=NUMBER, **data):
    scanned = f"https://kiemtra.example.vn/c/{row.id16}#{fragment(bytes(row.token))}"
    return client.post(
        "/c/account", data={"number": number, "scanned": scanned, "contact": "0912 345 678"} | data
    )


def desk(make, paper, role="training_officer") -> User:
    return make.user(role, organisation=paper.official.organisation)


def deeds() -> list[str]:
    return [one.deed.split(".access_")[1] for one in AuditRow.select() if ".access_" in one.deed]


def test_paper_and_card_bring_a_request_the_desk_gives_a_link_and_the_holder_is_back(
    client, make, paper, login
):
    user = make.user("trainee")
    User.update(official=paper.official_id, email="cu@co-quan-cu.example.vn", active=False).where(User.id == user.id).execute()  # fmt: skip
    page = client.get("/c/account")
    assert "Có giấy chứng chỉ" in page.text and "Không có giấy chứng chỉ" in page.text
    assert f"/c/{paper.id16}/account" in client.get(f"/c/{paper.id16}").text
    assert "ĐÃ GỬI" in ask(client, paper).text
    row = Regain.get()
    assert (row.official_id, row.state, row.contact) == (paper.official_id, "asked", "0912 345 678")
    ask(client, paper, contact="khac@example.vn")
    assert [one.contact for one in Regain.select()] == ["khac@example.vn"]

    officer = desk(make, paper)
    there = login(officer)
    assert "Nguyễn Văn An" in there.get("/certificates/access-requests").text
    assert "đề nghị cấp lại quyền truy cập" in words(there.get("/").text)
    at = f"/certificates/people/{paper.official_id}/access"
    unseen = there.post(at, data={"number": NUMBER})
    assert (unseen.status_code, "gặp trực tiếp" in unseen.text) == (422, True)
    assert there.post(at, data={"number": OTHER, "seen": "y"}).status_code == 422
    given = there.post(at, data={"number": NUMBER, "seen": "y", "email": "moi@example.vn"})
    assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    link = re.search(r"/set-password/\w+", given.text)[0]
    assert NUMBER not in given.text
    assert [(one.state, one.contact) for one in Regain.select()] == [("given", "")]
    assert deeds() == ["asked", "card_differs", "given"]
    letter = Mail.get(Mail.address == "cu@co-quan-cu.example.vn")
    assert "nếu không phải ông/bà" in letter.text.lower()

    there.get("/logout")
    chosen = "mot-cau-dai-cua-rieng-an"
    assert client.post(link, data={"new_password": chosen, "again": chosen}).status_code == 200
    assert client.get(link).status_code == 404  # once
    account = User.get_by_id(user.id)
    assert (account.email, account.active) == ("moi@example.vn", True)
    assert paper.serial in login(account).get("/certificates/mine").text


def test_the_public_page_answers_the_same_whatever_is_asked(client, make, paper, school):
    bare = school.issued("Trần Thị Bình")[0]
    fine = ask(client, paper)

    def plain(answer) -> str:
        return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)

    answers = [
        ask(client, paper, number=OTHER),
        ask(client, bare),
        ask(
            client, paper, scanned=f"https://kiemtra.example.vn/c/{paper.id16}#{fragment(bytes(bare.token))}"
        ),
        ask(client, paper, scanned="https://kiemtra.example.vn/c/0000000000000000#123"),
    ]
    for answer in answers:
        assert (answer.status_code, plain(answer)) == (200, plain(fine))
    assert Regain.select().count() == 1
    assert "Nguyễn Văn An" not in fine.text and NUMBER not in fine.text
    assert ask(client, paper, number="123").status_code == 422


def test_guessing_is_slowed_down_and_ends_after_five_a_day(app, client, paper):
    app.config["RATELIMIT_ENABLED"] = True
    try:
        answers = [ask(client, paper, number=OTHER).status_code for _n in range(6)]
    finally:
        app.config["RATELIMIT_ENABLED"] = False
    assert answers == [200] * 5 + [429]
    # The right number comes too late today, and nobody is told.
    assert "ĐÃ GỬI" in ask(client, paper).text
    assert not Regain.select().exists()
    with clock.frozen(clock.local(clock.now()).replace(tzinfo=None) + timedelta(days=1)):
        ask(client, paper)
    assert Regain.select().count() == 1


def test_who_has_no_account_is_given_one_in_person_without_a_request(make, paper):
    officer = desk(make, paper, "academic_officer")
    with pytest.raises(Invalid) as missing:
        services.give(paper.official, number=NUMBER, email="", by=officer)
    assert "email" in missing.value.fields
    user, link = services.give(paper.official, number=NUMBER, email="An@Example.vn", by=officer)
    assert (user.email, user.official_id, [one.role.name for one in user.roles]) == ("an@example.vn", paper.official_id, ["trainee"])  # fmt: skip
    assert "/set-password/" in link
    assert [one.state for one in Regain.select()] == ["given"]
    other = Official.get_by_id(make.official("Lê Ba").id)
    with pytest.raises(NotHere):
        services.give(other, number=NUMBER, email="ba@example.vn", by=officer)
    Official.update(cccd_hash=keyed_hash(OTHER)).where(Official.id == other.id).execute()
    with pytest.raises(Conflict):
        services.give(Official.get_by_id(other.id), number=OTHER, email="an@example.vn", by=officer)
    assert User.get_or_none(User.official == other) is None


def test_an_account_with_duties_is_not_handed_out_at_the_desk(make, paper):
    user = make.user("trainee")
    User.update(official=paper.official_id).where(User.id == user.id).execute()
    give_role(user, "school_head", by=None)
    before = User.get_by_id(user.id).email
    with pytest.raises(NotHere):
        services.give(paper.official, number=NUMBER, email="ke-gian@example.vn", by=desk(make, paper))
    assert User.get_by_id(user.id).email == before
    assert "given" not in deeds()


def test_the_owner_who_still_reads_the_old_address_hears_of_it(make, paper):
    user = make.user("trainee")
    User.update(official=paper.official_id).where(User.id == user.id).execute()
    services.give(paper.official, number=NUMBER, email="", by=desk(make, paper))
    assert "cấp lại trực tiếp" in Notice.get(Notice.user == user).title


def test_a_desk_sees_its_own_people_alone(make, paper, login, client):
    ask(client, paper)
    stranger = login(make.user("training_officer", organisation=make.organisation("so-la")))
    assert "Nguyễn Văn An" not in stranger.get("/certificates/access-requests").text
    assert stranger.get(f"/certificates/people/{paper.official_id}/access").status_code == 404
    assert stranger.post(f"/certificates/access-requests/{Regain.get().id}/refuse", data={"reason": "x"}).status_code == 404  # fmt: skip
    for role in ("trainee", "inspector"):
        assert login(make.user(role)).get("/certificates/access-requests").status_code == 403


def test_a_request_is_refused_with_a_reason_or_goes_after_thirty_days(make, paper, client):
    officer = desk(make, paper)
    ask(client, paper)
    with pytest.raises(Invalid):
        services.refuse(Regain.get(), reason="", by=officer)
    services.refuse(
        queries.regain_or_404(Regain.get().id, officer), reason="Không phải chủ chứng chỉ", by=officer
    )
    with clock.frozen(date(2025, 5, 1)):
        ask(client, paper)
    with clock.frozen(date(2025, 6, 2)):
        assert services.forget_old() == 1
    assert [(one.state, one.contact) for one in Regain.select().order_by(Regain.id)] == [("refused", ""), ("lapsed", "")]  # fmt: skip
