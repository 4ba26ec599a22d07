"""Errors say what to do, as a page or as JSON."""

import io

import pytest
from flask import abort
from peewee import OperationalError

from lms.errors import Conflict, Invalid, NotAllowed, Unavailable
from lms.web import errors

JSON = {"Accept": "application/json"}


@pytest.fixture
def raising(app, monkeypatch):
    """``raising(error)`` makes the home page raise it."""

    def prepare(error):
        def view():
            if isinstance(error, int):
                abort(error)
            raise error

        monkeypatch.setitem(app.view_functions, "web.home", view)

    return prepare


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid(fields={"name": "Vui lòng ghi họ và tên."}), 422, "invalid"),
        (NotAllowed(), 403, "not_allowed"),
        (Conflict("Lớp đã đủ chỗ.", code="seats_full"), 409, "seats_full"),
        (Unavailable("Thư sẽ được gửi sau."), 503, "unavailable"),
        (400, 400, "bad_request"),
        (413, 413, "too_large"),
        (429, 429, "too_many"),
    ],
)
def test_every_kind_of_error_as_page_and_as_json(client, raising, error, status, code):
    raising(error)
    page = client.get("/")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert "<h1>" in page.text
    body = client.get("/", headers=JSON)
    assert body.status_code == status
    assert body.json["error"]["code"] == code
    assert body.json["error"]["message"]


def test_the_sentence_of_the_error_reaches_the_reader(client, raising):
    raising(Conflict("Lớp đã đủ chỗ."))
    assert "Lớp đã đủ chỗ." in client.get("/").text


def test_json_names_the_fields(client, raising):
    raising(Invalid(fields={"name": "Thiếu tên."}))
    assert client.get("/", headers=JSON).json["error"]["fields"] == {"name": "Thiếu tên."}


def test_an_unexpected_error_has_a_number_and_tells_nothing_else(app, client, raising, caplog):
    raising(RuntimeError("secret detail"))
    app.testing = False
    try:
        page = client.get("/")
    finally:
        app.testing = True
    assert page.status_code == 500
    assert "secret detail" not in page.text
    number = caplog.records[-1].args[0]
    assert number in page.text


def test_a_busy_database_is_no_fault_of_the_reader(app, client, raising):
    raising(OperationalError("database is locked"))
    app.testing = False
    try:
        page = client.get("/")
    finally:
        app.testing = True
    assert page.status_code == 503
    assert page.headers["Retry-After"]


def test_an_error_inside_the_error_page_still_leaves_a_sentence(app, client, login, make, monkeypatch):
    login(make.user("platform_admin"))

    def broken(*_args, **_kwargs):
        raise RuntimeError("menu is down")

    monkeypatch.setitem(app.jinja_env.globals, "navigation", broken)
    page = client.get("/not-there")
    assert page.status_code == 404
    assert "Không tìm thấy trang này" in page.text


class TestMissingPage:
    def test_a_stranger_is_offered_what_strangers_can_do(self, client):
        page = client.get("/not-there")
        assert page.status_code == 404
        assert "Kiểm tra chứng chỉ" in page.text
        assert "/login" in page.text

    def test_a_near_address_is_offered(self, client, login, make):
        login(make.user("platform_admin"))
        page = client.get("/plugin").text
        assert "Có phải bạn muốn mở" in page
        assert 'href="/plugins"' in page

    def test_json_says_it_too(self, client):
        assert client.get("/api/not-there").json["error"]["code"] == "not_found"

    def test_a_part_that_is_switched_off_says_so(self, client, login, make, turn_off):
        login(make.user("academic_officer"))
        turn_off("enrolment")
        page = client.get("/enrolment/")
        assert page.status_code == 404
        assert "hiện đang tắt" in page.text


class TestSignInNeeded:
    def test_the_reader_comes_back_after_signing_in(self, client):
        answer = client.get("/people?q=an")
        assert answer.status_code == 302
        assert answer.location == "/login?next=/people?q%3Dan"

    def test_a_program_gets_no_redirect(self, client):
        assert client.get("/people", headers=JSON).status_code == 401

    def test_without_the_permission_the_page_says_which(self, client, login, make):
        login(make.user("trainee"))
        page = client.get("/audit")
        assert page.status_code == 403
        assert "Xem nhật ký kiểm toán" in page.text


class TestExpiredForm:
    @pytest.fixture(autouse=True)
    def checked(self, app):
        app.config["WTF_CSRF_ENABLED"] = True
        yield
        app.config["WTF_CSRF_ENABLED"] = False

    def test_what_was_typed_is_offered_again(self, client):
        page = client.post(
            "/people/new", data={"full_name": "Đặng Thị Ánh"}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert page.status_code == 400
        assert "Biểu mẫu đã mở quá lâu" in page.text
        assert '<input type="hidden" name="full_name" value="Đặng Thị Ánh">' in page.text

    def test_a_foreign_page_cannot_have_its_values_sent(self, client):
        page = client.post("/people/new", data={"full_name": "Giả"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert page.status_code == 400
        assert "Giả" not in page.text

    def test_a_password_is_never_repeated(self, client):
        data = {"email": "a@example.vn", "password": "bi-mat", "new_password": "bi-mat"}
        page = client.post("/login", data=data, headers={"Sec-Fetch-Site": "same-origin"})
        assert page.status_code == 400
        assert "bi-mat" not in page.text


def test_a_file_past_the_limit_is_refused_with_advice(app, client, login, make, monkeypatch):
    login(make.user("training_officer", organisation=make.organisation()))
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    page = client.post("/people/new", data={"file": (io.BytesIO(b"x" * 5000), "a.xlsx")})
    assert page.status_code == 413
    assert "Tệp quá lớn" in page.text


def test_the_wrong_method_says_how_the_address_is_opened(client):
    page = client.post("/language/en")
    assert page.status_code == 405
    assert "GET" in page.headers["Allow"]


def test_the_page_before_is_only_one_of_ours(app):
    with app.test_request_context("/x", headers={"Referer": "http://localhost/people?q=an"}):
        assert errors.came_from() == "/people?q=an"
    with app.test_request_context("/x", headers={"Referer": "http://evil.example/"}):
        assert errors.came_from() is None
