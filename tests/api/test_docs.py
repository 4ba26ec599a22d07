"""docs/api.md says what is so: its examples run on a real installation, with a token made on the page."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from flask import Flask

from lms.api import schemas
from lms.api.webhooks.sending import sign
from lms.plugins.registry import ROOT
from tests.browser import axe, shot

DOCS = (ROOT / "docs" / "api.md").read_text()


def blocks(kind: str) -> list[str]:
    return re.findall(rf"<!-- {kind} -->\n```python\n(.*?)```", DOCS, re.S)


def test_the_examples_run_one_after_the_other(live_server, desk):
    site = live_server(demo=True)
    scope: dict[str, Any] = {"URL": site.url, "TOKEN": _token_from_the_page(site, desk())}
    assert len(blocks("run")) >= 6
    for source in blocks("run"):
        exec(compile(source, "docs/api.md", "exec"), scope)


def _token_from_the_page(site: Any, page: Any) -> str:
    page.goto(f"{site.url}/login")
    page.get_by_label("Thư điện tử").fill("hoanghoa@kimbang.example")
    page.get_by_label("Mật khẩu", exact=True).fill("kim-bang-demo")
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"{site.url}/me/tokens")
    page.get_by_label("Dùng cho phần mềm nào?").fill("Phần mềm nhân sự")
    for box in page.locator("input[name=scopes]").all():
        box.check()
    page.get_by_role("button", name="Tạo mã truy cập").click()
    page.get_by_label("Mã truy cập", exact=True).wait_for()
    shot(page, "api-token-made")
    assert axe(page) == []
    return str(page.get_by_label("Mã truy cập", exact=True).input_value())


@pytest.fixture
def genuine() -> Any:
    scope: dict[str, Any] = {}
    exec(next(one for one in blocks("run") if "def is_genuine" in one), scope)
    return scope["is_genuine"]


def test_the_example_receiver_believes_us_and_nobody_else(genuine):
    body, now = b'{"id":1}', str(int(time.time()))
    good = {"KimBang-Timestamp": now, "KimBang-Signature": f"v1={sign('secret', now, body)}"}
    assert genuine("secret", good, body)
    assert not genuine("other", good, body)
    assert not genuine("secret", good, body + b" ")
    assert not genuine("secret", good, body, now=time.time() + 301)
    assert not genuine("secret", {**good, "KimBang-Timestamp": "x"}, body)
    assert not genuine("secret", {}, body)


def test_the_example_of_a_plugin_declares_an_operation():
    scope: dict[str, Any] = {"__name__": "notes.api"}
    exec(compile(blocks("declare")[0], "docs/api.md", "exec", dont_inherit=True), scope)
    app = Flask("trial")
    app.register_blueprint(scope["bp"])
    [view] = [one for name, one in app.view_functions.items() if name.endswith("write_note")]
    known: dict[str, Any] = {}
    schemas.schema(view.lms_operation.body, known)  # type: ignore[attr-defined]
    assert known["NewNote"]["required"] == ["text"]
    assert view.lms_access == ("notes.write",)  # type: ignore[attr-defined]
