"""`make gallery`: every page of the demonstration as each role sees it, in pictures, with an index page.

    python -m tools.gallery [--roles lecturer,trainee] [--languages vi,en] [--schemes light,dark] [--once]

Starts an installation of its own, walks it link by link as every role, and writes var/gallery/index.html.
`--once` shows every kind of page for one role only.
"""

from __future__ import annotations

import argparse
import html
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from lms.demo import ACCOUNTS, PASSWORD
from tests.browser import ARGUMENTS, DESK, PHONE, chromium
from tests.site import Site, new_database
from tests.walk import Walk
from tools.steps import ROOT

FOLDER = ROOT / "var/gallery"
DEVICES = {"390": PHONE, "1280": DESK}


@dataclass(frozen=True)
class Picture:
    """One page as one role saw it."""

    role: str
    endpoint: str
    address: str
    look: str
    file: str


def main() -> int:
    options = _options()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    folder = Path(tempfile.mkdtemp(prefix="kimbang-gallery-"))
    site = Site(folder, new_database(), {})
    try:
        site.command("demo")
        site.start()
        pictures = _all(site, options)
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)
    (FOLDER / "index.html").write_text(_index(pictures), encoding="utf-8")
    print(f"✔ {len(pictures)} pictures: {FOLDER / 'index.html'}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make gallery", description=__doc__)
    parser.add_argument("--roles", default=",".join(account[0] for account in ACCOUNTS))
    parser.add_argument("--languages", default="vi,en")
    parser.add_argument("--schemes", default="light,dark")
    parser.add_argument("--once", action="store_true")
    return parser.parse_args()


def _all(site: Site, options: argparse.Namespace) -> list[Picture]:
    app = _application(site)
    pictures: list[Picture] = []
    shown: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        for role, email, *_ in ACCOUNTS:
            if role not in options.roles.split(","):
                continue
            walk = Walk(site.url, app)
            walk.sign_in(email, PASSWORD)
            pages = walk.everywhere()
            if options.once:
                pages = {name: address for name, address in pages.items() if name not in shown}
            shown |= set(pages)
            print(f"  {role}: {len(pages)} pages", flush=True)
            for language in options.languages.split(","):
                for scheme in options.schemes.split(","):
                    pictures += _of_role(browser, site, walk, role, pages, language, scheme)
        browser.close()
    return pictures


def _application(site: Site) -> Flask:
    from lms.app import create_app
    from lms.config import from_environment

    return create_app(from_environment(site.environ))


def _of_role(
    browser: Browser, site: Site, walk: Walk, role: str, pages: dict[str, str], language: str, scheme: str
) -> list[Picture]:
    pictures = []
    for width, device in DEVICES.items():
        context = browser.new_context(**device, color_scheme=scheme, locale="vi-VN")
        context.add_cookies(walk.cookies(language))
        page = context.new_page()
        for endpoint, address in sorted(pages.items()):
            look = f"{language}-{scheme}-{width}"
            name = f"{role}/{endpoint}.{look}.png"
            page.goto(site.url + address)
            page.screenshot(path=FOLDER / name, full_page=True, animations="disabled")
            pictures.append(Picture(role, endpoint, address, look, name))
        context.close()
    return pictures


def _index(pictures: list[Picture]) -> str:
    groups: dict[tuple[str, str, str], list[Picture]] = {}
    for picture in pictures:
        groups.setdefault((picture.role, picture.endpoint, picture.address), []).append(picture)
    rows = "".join(
        f"<section><h2>{html.escape(role)} · {html.escape(endpoint)}</h2><p>{html.escape(address)}</p><div>"
        + "".join(
            f'<a href="{one.file}"><img src="{one.file}" alt="{one.look}" loading="lazy"><br>{one.look}</a>'
            for one in found
        )
        + "</div></section>"
        for (role, endpoint, address), found in groups.items()
    )
    style = "body{font:14px system-ui;margin:2rem}div{display:flex;gap:1rem;flex-wrap:wrap}img{height:340px;border:1px solid #ccc}"
    return f"<!doctype html><meta charset=utf-8><title>Kim Bảng</title><style>{style}</style>{rows}"


if __name__ == "__main__":
    sys.exit(main())
