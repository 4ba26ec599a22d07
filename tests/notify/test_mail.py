"""Letters reach a real mail server, once, and what it answers is heeded."""

import smtplib
from datetime import timedelta

import pytest

from lms import clock, config
from lms.notify import posting, services
from lms.notify.models import Mail, MailStop, Notice
from tests.notify.test_telling import NIGHT, NOON, tell


@pytest.fixture
def an(make):
    return make.user("trainee", email="an@example.vn", display_name="Nguyễn Văn An")


@pytest.fixture(autouse=True)
def _at_noon(frozen):
    with frozen(NOON):
        yield


def later(frozen, **span):
    return frozen(clock.local(clock.now() + timedelta(**span)).replace(tzinfo=None))


def test_a_letter_says_it_in_text_and_html_and_is_sent_once(an, sink, post):
    tell(an)
    assert post() == ["sent"]
    assert post() == []
    (letter,) = sink.letters
    assert letter["Subject"] == "Lịch học thay đổi"
    assert "Nguyễn Văn An" in letter["To"]
    text = letter.get_body(("plain",)).get_content()
    assert "Buổi 3 chuyển sang phòng A201." in text
    assert "https://kiemtra.example.vn/courses/1" in text
    assert "phòng A201" in letter.get_body(("html",)).get_content()
    assert Mail.get().sent_at is not None


def test_html_in_a_title_stays_text(an, sink, post):
    tell(an, title="Lớp <script>alert(1)</script>")
    post()
    assert "<script>" not in sink.letters[0].get_body(("html",)).get_content()


def test_a_line_break_in_a_title_opens_no_header(an, sink, post):
    tell(an, title="Tin\nBcc: xau@example.vn")
    post()
    assert sink.letters[0]["Bcc"] is None


def test_the_mornings_letter_holds_what_was_not_read_yet(an, sink, post, frozen):
    with frozen(NIGHT):
        for number in range(3):
            tell(an, key=f"k{number}", title=f"Tin số {number}")
        services.read(Notice.get(Notice.key == "k1"))
    with later(frozen, days=1):
        assert post() == ["sent"]
    text = sink.letters[0].get_body(("plain",)).get_content()
    assert "Tin số 0" in text and "Tin số 2" in text and "Tin số 1" not in text
    assert sink.letters[0]["Subject"] == "2 thông báo"


def test_nothing_is_mailed_when_all_was_read(an, sink, post, frozen):
    with frozen(NIGHT):
        tell(an)
        services.read_all(an)
    with later(frozen, days=1):
        assert post() == ["suppressed"]
    assert sink.letters == []


def test_a_busy_server_is_asked_again_later(an, sink, post, frozen):
    sink.recipient["an@example.vn"] = "451 4.7.1 Greylisted, try again"
    tell(an)
    assert post() == ["waiting"]
    assert "Greylisted" in Mail.get().error
    sink.recipient.clear()
    assert post() == []
    with later(frozen, minutes=2):
        assert post() == ["sent"]
    assert len(sink.letters) == 1


def test_after_a_day_of_refusals_it_is_given_up_and_can_be_sent_again(an, sink, post, frozen):
    sink.recipient["an@example.vn"] = "451 4.3.0 Try again"
    tell(an)
    for hours in range(0, 40, 2):
        with later(frozen, hours=hours, minutes=hours * 30):
            post()
    assert Mail.get().state == "failed"
    sink.recipient.clear()
    services.send_again(Mail.get(), by=None)
    assert post() == ["sent"]


def test_an_address_that_does_not_exist_is_stopped_until_lifted(an, sink, post, client, login, make):
    sink.recipient["an@example.vn"] = "550 5.1.1 No such user"
    tell(an)
    assert post() == ["bounced"]
    tell(an, key="k2")
    assert post() == ["suppressed"]
    assert sink.letters == []
    login(make.user("platform_admin"))
    assert "No such user" in client.get("/mail").text
    client.post(f"/mail/stops/{MailStop.get().id}/lift")
    sink.recipient.clear()
    client.post(f"/mail/{Mail.get(Mail.state == 'suppressed').id}/again")
    assert post() == ["sent"]


def test_a_refusal_by_policy_does_not_blame_the_address(an, sink, post):
    sink.recipient["an@example.vn"] = "550 5.7.1 Relaying denied"
    tell(an)
    assert post() == ["failed"]
    assert MailStop.select().count() == 0


def test_a_refused_letter_is_given_up_without_stopping_the_address(an, sink, post):
    sink.data = "554 5.6.0 Message looks like junk"
    tell(an)
    assert post() == ["failed"]
    assert "looks like junk" in Mail.get().error
    assert MailStop.select().count() == 0


def test_a_line_that_breaks_in_the_middle_sends_the_same_letter_again(an, sink, post, frozen):
    """Nobody can know whether the server kept it: it goes once more, and mail programs see one letter."""
    sink.drop = True
    tell(an)
    assert post() == ["waiting"]
    sink.drop = False
    with later(frozen, minutes=2):
        assert post() == ["sent"]
    assert len({letter["Message-ID"] for letter in sink.letters}) == 1


def test_a_server_that_is_not_there_is_asked_again(an, post, frozen):
    from dataclasses import replace

    before = config.settings()
    config.use(replace(before, smtp_url="smtp://127.0.0.1:9"))
    try:
        tell(an)
        assert post() == ["waiting"]
    finally:
        config.use(before)


def test_without_a_server_mail_waits(an, post):
    tell(an)
    assert post() == []
    assert posting.queue_due() == 0
    assert Mail.get().state == "waiting"


def test_two_workers_send_one_letter(an, sink):
    tell(an)
    mail_id = Mail.get().id
    assert posting._claim(mail_id) is not None
    assert posting.post(mail_id) is None
    assert sink.letters == []


def test_no_more_than_so_many_a_minute(make, sink, post, frozen, monkeypatch):
    from dataclasses import replace

    config.use(replace(config.settings(), mail_per_minute=3))
    tell(*[make.user("trainee") for _ in range(5)])
    assert post() == ["sent"] * 3
    with later(frozen, minutes=1, seconds=1):
        assert post() == ["sent"] * 2


def test_a_closed_account_gets_nothing(an, sink, post):
    tell(an)
    an.active = False
    an.save()
    assert post() == ["suppressed"]


def test_the_sender_sees_what_becomes_of_it_and_nobody_elses_mail(an, make, client, login):
    officer, other = make.user("academic_officer"), make.user("academic_officer")
    tell(an, by=officer)
    login(officer)
    assert "an@example.vn" in client.get("/mail").text
    login(other)
    assert "an@example.vn" not in client.get("/mail").text
    assert client.post(f"/mail/{Mail.get().id}/again").status_code == 404


def test_the_outbox_costs_the_same_for_one_letter_and_for_forty(make, client, login, max_queries):
    tell(*[make.user("trainee") for _ in range(40)])
    login(make.user("platform_admin"))
    with max_queries(14):
        assert client.get("/mail").status_code == 200


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (smtplib.SMTPServerDisconnected("gone"), "waiting"),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"), "waiting"),
        (smtplib.SMTPSenderRefused(553, b"not yours", "x@y"), "failed"),
        (smtplib.SMTPConnectError(421, b"busy"), "waiting"),
        (TimeoutError("slow"), "waiting"),
    ],
)
def test_what_a_failure_means(problem, state):
    assert posting.judge(problem, attempts=1).state == state


def test_a_worker_killed_between_sending_and_noting_it_sends_the_same_letter_again(
    an, sink, post, frozen, monkeypatch
):
    """At least once: the second copy carries the same Message-ID, by which mail programs know it."""
    tell(an)
    with monkeypatch.context() as power_cut:
        power_cut.setattr(posting, "_mark", lambda *_: None)
        post()
    assert Mail.get().state == "sending"
    assert post() == []
    with later(frozen, minutes=2):
        assert post() == ["sent"]
    assert len(sink.letters) == 2
    assert len({letter["Message-ID"] for letter in sink.letters}) == 1
