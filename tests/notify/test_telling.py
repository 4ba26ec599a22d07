"""People are told once, on their pages and by mail as each one chose."""

from datetime import datetime

import pytest
from flask_babel import lazy_gettext as _l

from lms.notify import notify, services
from lms.notify.models import Mail, Notice
from lms.notify.services import Wishes

NOON = datetime(2025, 3, 3, 12, 0)
NIGHT = datetime(2025, 3, 3, 22, 30)
MORNING = datetime(2025, 3, 4, 7, 0)


@pytest.fixture
def an(make):
    return make.user("trainee", email="an@example.vn", display_name="Nguyễn Văn An")


def tell(*people, topic="lms.news", key="k1", title="Lịch học thay đổi", **more):
    return notify(people, topic, title, "Buổi 3 chuyển sang phòng A201.", "/courses/1", key=key, **more)


def due_of(mail):
    from lms import clock

    return clock.local(mail.due_at).replace(tzinfo=None)


def test_the_same_news_is_told_once(an):
    assert tell(an) == 1
    assert tell(an) == 0
    assert Notice.select().where(Notice.user == an).count() == 1
    assert Mail.select().count() == 1


def test_officials_are_told_through_their_accounts_and_others_left_out(make):
    person, other = make.official("Nguyễn Thị Bình"), make.official("Trần Văn Chi")
    account = make.user("trainee", official=person)
    assert tell(person, other) == 1
    assert Notice.get().user_id == account.id


def test_at_noon_mail_goes_out_at_once(an, frozen):
    with frozen(NOON):
        tell(an)
    assert due_of(Mail.get()) == NOON


def test_in_the_quiet_hours_it_waits_for_the_morning_and_comes_as_one_letter(an, frozen):
    with frozen(NIGHT):
        tell(an)
        tell(an, key="k2")
    assert [due_of(mail) for mail in Mail.select()] == [MORNING]


def test_the_daily_mail_gathers_what_happened(an, frozen):
    with frozen(NOON):
        tell(an, topic="lms.daily")
        tell(an, topic="lms.daily", key="k2")
    assert [due_of(mail) for mail in Mail.select()] == [MORNING]


def test_the_safety_of_an_account_does_not_wait(an, frozen):
    with frozen(NIGHT):
        tell(an, topic="lms.safety")
    assert due_of(Mail.get()) == NIGHT


def test_who_wants_no_mail_reads_it_on_the_page(an):
    services.choose(an, Wishes({"lms.news": "none"}, "21:00", "07:00"))
    assert tell(an) == 1
    assert Mail.select().count() == 0


def test_own_quiet_hours_hold(an, frozen):
    services.choose(an, Wishes({}, "11:00", "13:30"))
    with frozen(NOON):
        tell(an)
    assert due_of(Mail.get()) == datetime(2025, 3, 3, 13, 30)


def test_each_reads_it_in_the_own_language(make):
    vietnamese, english = make.user("trainee"), make.user("trainee", email="en@example.vn")
    english.language = "en"
    english.save()
    tell(vietnamese, english, title=_l("Audit record"))
    titles = {notice.user_id: notice.title for notice in Notice.select()}
    assert titles == {vietnamese.id: "Nhật ký kiểm toán", english.id: "Audit record"}


def test_a_topic_nobody_declares_is_an_error(an):
    with pytest.raises(LookupError, match="add it to `topics`"):
        tell(an, topic="lms.unheard")


def test_two_hundred_people_cost_no_more_questions_than_two(make, max_queries):
    people = [make.user("trainee") for _ in range(60)]
    with max_queries(12):
        assert tell(*people[:2]) == 2
    with max_queries(12):
        assert tell(*people, key="k2") == 60


def test_the_page_lists_opens_and_marks(client, login, an):
    tell(an)
    login(an)
    assert "Lịch học thay đổi" in client.get("/notices").text
    opened = client.post(f"/notices/{Notice.get().id}/open")
    assert opened.location == "/courses/1"
    assert Notice.get().read_at is not None
    tell(an, key="k2")
    client.post("/notices/read")
    assert Notice.select().where(Notice.read_at.is_null()).count() == 0


def test_the_menu_counts_what_is_new(client, login, an):
    tell(an)
    login(an)
    assert "Thông báo: 1 mới" in client.get("/notices").text


def test_somebody_elses_notice_stays_closed(client, login, an, make):
    tell(an)
    login(make.user("trainee"))
    assert client.post(f"/notices/{Notice.get().id}/open").status_code == 404


def test_choices_are_made_on_the_page(client, login, an):
    login(an)
    assert "Tin thử" in client.get("/me/notices").text
    values = {"mode_lms_news": "daily", "mode_lms_daily": "none", "begin": "20:00", "end": "06:30"}
    page = client.get("/me/notices").text
    names = [name for name in _selects(page)]
    answer = client.post("/me/notices", data={name: "now" for name in names} | values)
    assert answer.status_code == 303
    page = client.get("/me/notices").text
    assert 'value="20:00"' in page
    assert '<option selected value="daily">' in page


def _selects(page):
    import re

    return re.findall(r'<select[^>]* name="(mode_\w+)"', page)
