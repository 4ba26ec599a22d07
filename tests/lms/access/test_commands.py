"""Accounts from the command line keep to the rules of the pages."""

import pytest
from click.testing import CliRunner

from lms.access import passwords
from lms.access.models import User
from lms.cli import accounts, context

ADDRESS = "giaovu@truong.example.vn"


@pytest.fixture
def add(app, monkeypatch):
    """``add(password)``: run `lms user add`."""
    monkeypatch.setattr(context, "application", lambda: app)

    def run(password):
        arguments = [ADDRESS, "--name", "Nguyễn Giáo Vụ", "--role", "lecturer", "--password", password]
        return CliRunner().invoke(accounts.add, arguments)

    return run


@pytest.mark.parametrize(
    "password", ["ngan", "123456789012", "matkhau@2025!", "giaovu giaovu giaovu", "nguyengiaovu 1980"]
)
def test_a_password_that_the_pages_refuse_is_refused_here_with_the_same_sentence(add, password):
    done = add(password)
    sentence = passwords.problem(password, email=ADDRESS, name="Nguyễn Giáo Vụ")
    assert done.exit_code == 2
    assert sentence in " ".join(done.output.split())
    assert not User.select().where(User.email == ADDRESS).exists()


def test_a_good_one_opens_the_account(add):
    done = add("con meo bay qua song")
    assert done.exit_code == 0, done.output
    assert passwords.is_right(User.get(User.email == ADDRESS), "con meo bay qua song")
