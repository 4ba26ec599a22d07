"""Letters that come back after the mail server had taken them: read, heeded, and proof against strangers."""

import time
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from click.testing import CliRunner

from lms import clock, config
from lms.audit.models import AuditRow
from lms.cli import context
from lms.cli import mail as command
from lms.notify import meaning, services, stops
from lms.notify.models import Mail, MailStop
from lms.notify.returned import folder, reports
from lms.notify.returned.taking import take
from tests.notify.test_telling import NOON, tell

AN = "an@example.vn"


@pytest.fixture(autouse=True)
def _at_noon(frozen):
    with frozen(NOON):
        yield


@pytest.fixture
def an(make):
    return make.user("trainee", email=AN, display_name="Nguyễn Văn An")


@pytest.fixture
def sent(an, sink, post):
    """``sent()``: a letter to An that the mail server took; returns its envelope's sender."""
    config.use(replace(config.settings(), mail_returns="tra-ve@kimbang.example.vn"))
    keys = iter(range(100))

    def send():
        tell(an, key=f"k{next(keys)}")
        assert post() == ["sent"]
        return sink.senders[-1]

    return send


def report(
    to, status="5.1.1", *, action="failed", said="smtp; 550 5.1.1 No such user here", whom=AN, **headers
):
    """What Postfix writes: a multipart/report with the text, the delivery status and the letter's head."""
    dsn = MIMEMultipart("report", report_type="delivery-status")
    dsn["From"] = "MAILER-DAEMON@mx.example.vn (Mail Delivery System)"
    dsn["To"] = to
    dsn["Subject"] = "Undelivered Mail Returned to Sender"
    dsn["Auto-Submitted"] = "auto-replied"
    for name, value in headers.items():
        dsn[name.replace("_", "-")] = value
    dsn.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    status_part = Message()
    status_part["Content-Type"] = "message/delivery-status"
    server, recipient = Message(), Message()
    server["Reporting-MTA"] = "dns; mx.example.vn"
    recipient["Final-Recipient"] = f"rfc822; {whom}"
    recipient["Action"] = action
    recipient["Status"] = status
    recipient["Diagnostic-Code"] = said
    status_part.set_payload([server, recipient])
    dsn.attach(status_part)
    letter = EmailMessage()
    letter["Subject"] = "Lịch học thay đổi"
    dsn.attach(MIMEMessage(letter))
    return dsn.as_bytes()


def prose(to, body, sender="MAILER-DAEMON@mx.example.vn", **headers):
    """What servers wrote before there was a standard."""
    message = EmailMessage()
    message["Return-Path"] = "<>"
    message["From"] = sender
    message["To"] = to
    message["Subject"] = "failure notice"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message.as_bytes()


def test_a_report_through_the_pipe_stops_the_address_and_the_page_says_why(
    app, sent, post, sink, an, client, login, make, monkeypatch
):
    monkeypatch.setattr(context, "application", lambda: app)
    done = CliRunner().invoke(command.returned, input=report(sent()))
    assert (done.exit_code, "takes no mail now" in done.output) == (0, True), done.output

    tell(an, key="next")
    assert post() == ["suppressed"]
    assert len(sink.letters) == 1
    login(make.user("platform_admin"))
    outbox, stopped = client.get("/mail").text, client.get("/mail/stops").text
    assert "Thư gửi tới địa chỉ này đã bị trả lại trước đó" in outbox
    for page in (outbox, stopped):
        assert "Hộp thư không tồn tại." in page
        assert "No such user here" in page
    assert "Nguyễn Văn An" in stopped
    row = AuditRow.get(AuditRow.deed == "notify.stopped")
    assert (row.object_label, row.details["through"]) == (AN, "report")

    client.post(f"/mail/stops/{MailStop.get().id}/lift")
    client.post(f"/mail/{Mail.get(Mail.state == 'suppressed').id}/again")
    assert post() == ["sent"]


def test_every_letter_leaves_under_a_return_address_of_its_own(sent):
    first, second = sent(), sent()
    assert first != second
    assert first.startswith("tra-ve+") and first.endswith("@kimbang.example.vn")
    assert len(first.split("@")[0]) <= 64


def test_without_an_address_for_returns_letters_leave_as_ever(an, sink, post):
    tell(an)
    post()
    assert sink.senders == [config.settings().sender]


def test_a_place_for_the_mark_can_be_chosen(an, sink, post):
    config.use(replace(config.settings(), mail_returns="*@tra-ve.example.vn"))
    tell(an)
    post()
    assert take(report(sink.senders[0])).what == "stopped"


def test_a_stranger_cannot_put_an_address_on_the_list(sent):
    own = sent()
    number, mark = own.split("+")[1].split("@")[0].split("-")
    other = sent().split("+")[1].split("@")[0].split("-")[0]
    for forged in (
        "tra-ve@kimbang.example.vn",
        own.replace(mark, "0" * 24),
        own.replace(mark, mark[:-1] + ("0" if mark[-1] != "0" else "1")),
        own.replace(f"{number}-", f"{other}-"),
        own.replace("tra-ve", "khac"),
        own.replace("kimbang", "xau"),
    ):
        assert take(report(forged)).what == "refused", forged
    assert MailStop.select().count() == 0
    assert {mail.state for mail in Mail.select()} == {"sent"}


def test_mail_servers_may_write_the_address_in_capitals(sent):
    assert take(report(sent().upper())).what == "stopped"


def test_the_envelope_names_the_letter_when_the_message_does_not(app, sent, monkeypatch):
    monkeypatch.setattr(context, "application", lambda: app)
    to = sent()
    done = CliRunner().invoke(command.returned, input=report("undisclosed:;"), env={"ORIGINAL_RECIPIENT": to})
    assert "takes no mail now" in done.output


def test_a_full_mailbox_stops_the_address_after_several_letters_and_is_forgiven_when_lifted(sent):
    for _letter in range(stops.LETTERS - 1):
        assert take(report(sent(), "4.2.2", said="smtp; 452 4.2.2 Over quota")).what == "noted"
    assert MailStop.select().count() == 0
    assert take(report(sent(), "5.2.2", said="smtp; 552 5.2.2 Over quota")).what == "stopped"
    assert str(meaning.words(MailStop.get().status)) == "Hộp thư đã đầy."
    stops.lift(MailStop.get(), by=None)
    assert take(report(sent(), "4.2.2")).what == "noted"


def test_what_happened_long_ago_is_not_counted(sent, frozen):
    for days in (0, 20, 31, 60):
        with frozen(NOON + timedelta(days=days)):
            assert take(report(sent(), "4.4.7")).what == "noted"


def test_one_letter_counts_once_however_often_its_report_comes(sent):
    again = report(sent(), "4.2.2")
    assert [take(again).what for _time in range(5)] == ["noted", *["refused"] * 4]
    assert Mail.select().where(Mail.counts).count() == 1


def test_a_delay_is_shown_and_blames_nobody(sent, client, login, make):
    assert take(report(sent(), "4.4.1", action="delayed", said="smtp; connection timed out")).what == "waits"
    assert Mail.get().state == "sent"
    login(make.user("platform_admin"))
    assert "Máy chủ thư bên kia vẫn đang thử gửi" in client.get("/mail").text
    assert take(report(Mail.get() and sent(), "5.1.1")).what == "stopped"


def test_a_refusal_by_policy_does_not_blame_the_address(sent):
    for _letter in range(stops.LETTERS + 1):
        assert take(report(sent(), "5.7.1", said="smtp; 550 5.7.1 Rejected as spam")).what == "noted"
    assert MailStop.select().count() == 0
    assert {mail.state for mail in Mail.select()} == {"bounced"}


def test_a_vague_status_is_read_from_the_servers_words(sent):
    take(report(sent(), "5.0.0", said="smtp; 550 5.7.1 Rejected as spam"))
    assert (Mail.get().status, MailStop.select().count()) == ("5.7.1", 0)


def test_a_letter_sent_again_can_come_back_again(sent, post, sink):
    take(report(sent(), "4.2.2"))
    services.send_again(Mail.get(), by=None)
    assert post() == ["sent"]
    assert (Mail.get().counts, Mail.get().status) == (False, "")
    assert take(report(sink.senders[-1], "4.2.2")).what == "noted"


def test_what_comes_months_later_is_left_alone(sent, frozen):
    late = report(sent())
    with frozen(NOON + timedelta(days=31)):
        assert take(late).what == "refused"
    assert MailStop.select().count() == 0


def test_an_address_that_forwards_is_to_blame_when_nothing_arrived(sent):
    assert take(report(sent(), whom="an.cu@noi-khac.example")).what == "stopped"


@pytest.mark.parametrize(
    "body",
    [
        # qmail
        "Hi. This is the qmail-send program at mx.example.vn.\nI'm afraid I wasn't able to deliver your message.\n"
        "This is a permanent error; I've given up.\n\n<an@example.vn>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nSubject: x",
        # Exim
        "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n"
        "  an@example.vn\n    SMTP error from remote mail server after RCPT TO:<an@example.vn>:\n"
        "    550 Unrouteable address\n\n------ This is a copy of the message, including all the headers. ------\n",
    ],
    ids=["qmail", "exim"],
)
def test_the_prose_of_old_servers_is_read(sent, body):
    assert take(prose(sent(), body)).what == "stopped"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"sender": "Nguyễn Văn An <an@example.vn>", "Auto_Submitted": "auto-replied"}, "an@example.vn: đi công tác, máy 550 5.1.1"),
        ({"Return_Path": "<xau@example.vn>"}, "<an@example.vn>:\nno mailbox (#5.1.1)"),
        ({}, "<binh@example.vn>:\nno mailbox (#5.1.1)"),
        ({}, "<an@example.vn>:\nSorry.\n\nThe server at 5.1.1.7 says so."),
        ({}, "Sorry.\n--- Below this line is a copy of the message.\n\n<an@example.vn>: 5.1.1"),
    ],
    ids=["out of office", "a person", "another address", "an ip address", "words of the letter"],
)  # fmt: skip
def test_what_only_looks_like_a_bounce_is_left_alone(sent, headers, body):
    assert take(prose(sent(), body, **headers)).what == "refused"
    assert Mail.get().state == "sent"


def test_a_warning_of_an_old_server_blames_nobody(sent):
    told = prose(sent(), "<an@example.vn>:\n550 5.1.1 later", Subject="Warning: message delayed 24 hours")
    assert take(told).what == "waits"


def test_our_own_letter_that_comes_round_is_left_alone(sent, sink):
    """Somebody forwards everything to the address for returns: nothing is answered, so nothing can go round."""
    sent()
    letter = sink.letters[0]
    letter["Delivered-To"] = sink.senders[0]
    assert take(letter.as_bytes()).what == "refused"
    assert len(sink.letters) == 1


def nested(depth):
    head = b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))
    return head + b"\nx"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0\0",
        b"\xff\xfe" * 500,
        b"no header at all",
        nested(3000),
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=\n\n--\n--\n",
        b"Content-Type: text/plain; charset=nonsense\nFrom: postmaster\n\n\xff",
        b"X: y\n" * 100_000,
        b"x" * (reports.MOST_BYTES + 1),
    ],
    ids=["empty", "nul", "binary", "text", "nested", "no boundary", "charset", "headers", "huge"],
)
def test_garbage_is_refused_quickly(sent, raw):
    to = sent().encode()
    began = time.process_time()
    for message in (raw, b"To: " + to + b"\n" + raw):
        assert take(message).what == "refused"
    assert time.process_time() - began < 5
    assert Mail.get().state == "sent"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Status: 5.1.1", b"Status: five"),
        (b"Action: failed", b"Action: delivered"),
        (b"Action: failed", b"Action:"),
        (b"message/delivery-status", b"message/disposition-notification"),
        (b"report-type=\"delivery-status\"", b"report-type=\"feedback-report\""),
    ],
)  # fmt: skip
def test_a_damaged_report_is_refused(sent, before, after):
    raw = report(sent(), said="smtp; sorry")
    assert before in raw
    assert take(raw.replace(before, after)).what == "refused"


def test_hostile_words_are_kept_as_one_clean_line(sent, client, login, make):
    words = b"550 5.1.1 <script>alert(1)</script> \x00\xff\xe2\x80\xae\n " + b"x" * 5000
    raw = report(sent()).replace(b"550 5.1.1 No such user here", words)
    assert take(raw).what == "stopped"
    login(make.user("platform_admin"))
    assert "<script>alert" not in client.get("/mail/stops").text
    assert len(Mail.get().error) <= 500 and "\0" not in Mail.get().error


def test_the_folder_is_emptied_of_reports_and_keeps_the_rest_as_read(sent, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    config.use(replace(config.settings(), mail_returns_folder=str(tmp_path)))
    (tmp_path / "new/1.a.host").write_bytes(report(sent()))
    (tmp_path / "new/2.b.host").write_bytes(b"Subject: thu rieng\n\nXin chao")
    (tmp_path / "new/3.c.host").symlink_to("/etc/hostname")
    assert folder.fetch() == 2
    assert MailStop.get().address == AN
    assert [one.name for one in (tmp_path / "cur").iterdir()] == ["2.b.host:2,S"]
    assert folder.fetch() == 0


def test_a_mail_server_is_told_to_try_again_when_the_platform_cannot_take_it(monkeypatch):
    def down():
        raise OSError("database is away")

    monkeypatch.setattr(context, "application", down)
    assert CliRunner().invoke(command.returned, input=b"To: x\n\ny").exit_code == command.TRY_LATER


def test_the_list_costs_the_same_for_one_address_and_for_many(make, client, login, max_queries):
    login(make.user("platform_admin"))
    MailStop.insert_many(
        [{"address": f"a{n}@example.vn", "status": "5.1.1", "since": clock.now()} for n in range(60)]
    ).execute()
    with max_queries(12):
        page = client.get("/mail/stops?q=example").text
    assert "Trang 1" in page


@pytest.mark.parametrize(
    ("status", "blamed"),
    [
        ("5.1.1", "address"), ("5.1.2", "address"), ("5.2.1", "address"), ("5.0.0", "address"), ("5.4.4", "address"),
        ("5.2.2", "counted"), ("4.2.2", "counted"), ("4.4.7", "counted"), ("5.4.7", "counted"), ("5.3.0", "counted"),
        ("5.7.1", "letter"), ("4.7.1", "letter"), ("5.6.0", "letter"), ("5.3.4", "letter"), ("5.1.8", "letter"),
    ],
)  # fmt: skip
def test_whom_a_status_blames(status, blamed):
    assert meaning.blame(status) == blamed


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("550 5.1.1 No such user", "5.1.1"), ("550 No such user", "5.1.0"), ("#5.1.1)", "5.1.1"),
        ("host mx[10.5.1.1] said: 552 full", "5.2.2"), ("05.1.1.2", ""), ("port 5500", ""), ("451-4.7.1 wait", "4.7.1"),
    ],
)  # fmt: skip
def test_the_status_is_found_in_what_servers_say(said, status):
    assert meaning.status_in(said) == status


@pytest.mark.parametrize(
    "value", ["tra-ve", "a@b@c", "mot-dia-chi-dai-hon-hai-muoi-sau@example.vn", "a b@example.vn"]
)
def test_an_address_for_returns_that_cannot_work_is_refused_at_the_start(value):
    with pytest.raises(ValueError, match="LMS_MAIL_RETURNS"):
        config.from_environment({"LMS_MAIL_RETURNS": value})
