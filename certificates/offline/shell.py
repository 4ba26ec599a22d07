"""The offline page: served in parts that a service worker keeps, or with everything inside as one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for

import lms.web
from certificates import keyset
from certificates.keyset.document import moment
from certificates.offline import scripts, words
from lms.config import settings

_WEB = Path(lms.web.__file__).parent / "static"
_VENDOR = _WEB / "vendor"
_STYLES = (_WEB / "kb.css", scripts.FOLDER / "offline" / "offline.css")
_TEMPLATE = "certificates/offline/page.html"
#: Name of a part as the page's scripts ask for it → file under vendor/.
_PARTS = {
    "noble": "noble/ed25519.js",
    "zxing": "zxing/reader/index.js",
    "zxing-wasm": "zxing/zxing_reader.wasm",
    "jsqr": "jsqr/jsQR.js",
    "pdf": "pdfjs/pdf.js",
    "pdf-worker": "pdfjs/pdf.worker.js",
    "jbig2": "pdfjs/jbig2.wasm",
    "openjpeg": "pdfjs/openjpeg.wasm",
}
#: What those import by themselves.
_MORE = ("zxing/share.js",)
_ICONS = ("icon-192.png", "icon-512.png", "icon-maskable.png")
_SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)
_USED = re.compile(r'icon\("([a-z0-9-]+)"|"?(?:good|warn|bad)"?: ["\']([a-z0-9-]+)["\']')


@cache
def version() -> str:
    """Changes with every byte of the page's scripts, styles, parts and texts."""
    digest = hashlib.sha256()
    source, _name, _fresh = current_app.jinja_env.loader.get_source(current_app.jinja_env, _TEMPLATE)  # type: ignore[union-attr]
    digest.update(source.encode() + json.dumps(words.texts(), sort_keys=True).encode())
    for file in (*_files(), *scripts.family(scripts.FILE)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> list[Path]:
    """Every file that the served page is made of."""
    parts = [_VENDOR / name for name in (*_PARTS.values(), *_MORE, "icons.svg")]
    icons = [scripts.FOLDER / "offline" / name for name in _ICONS]
    return [*_STYLES, *scripts.family(scripts.APP), *parts, *icons, _WEB / "mark.svg"]


def kept_addresses() -> list[str]:
    """Addresses of the page and of all that it needs without network. Inside a request."""
    served = [_address(file) for file in _STYLES] + [_address(scripts.APP)]
    served += [_address(_VENDOR / name) for name in (*_PARTS.values(), "icons.svg")]
    served += [_address(scripts.FOLDER / "offline" / name) for name in _ICONS] + [_address(_WEB / "mark.svg")]
    # A module asks for another one by its bare name.
    bare = [file for file in scripts.family(scripts.APP) if file != scripts.APP] + [
        _VENDOR / name for name in _MORE
    ]
    served += [urlsplit(_address(file)).path for file in bare]
    return [url_for("certificates_offline.check"), url_for("certificates_offline.manifest"), *served]


def _address(file: Path) -> str:
    if file.is_relative_to(_WEB):
        return url_for("web.static", filename=file.relative_to(_WEB).as_posix())
    return url_for("certificates.static", filename=file.relative_to(scripts.FOLDER.parent).as_posix())


def served() -> str:
    """The page as it is installed; the same for everybody. Inside a request."""
    parts = {name: _address(_VENDOR / file) for name, file in _PARTS.items()}
    parts |= {
        "bundle": url_for("certificates_offline.bundle"),
        "worker": url_for("certificates_offline.worker"),
        "scope": url_for("certificates_offline.check"),
    }
    return _page(
        inline=False,
        parts=parts,
        icons=_address(_VENDOR / "icons.svg"),
        styles=[_address(file) for file in _STYLES],
        script=_address(scripts.APP),
        manifest=url_for("certificates_offline.manifest"),
        mark=_address(_WEB / "mark.svg"),
        touch_icon=_address(scripts.FOLDER / "offline" / _ICONS[0]),
        about_file=url_for("certificates_offline.about_file"),
    )


def one_file(bundle: dict[str, Any], *, made_at: datetime) -> str:
    """The page as one file: scripts, WebAssembly, icons and data inside, and a policy that lets it talk to nobody."""
    later = {
        "noble": scripts.as_module_of_one(_text(_PARTS["noble"]), "nobleEd25519"),
        "zxing": _text("zxing/global.js"),
        "jsqr": _text(_PARTS["jsqr"]),
        "pdf-worker": _text(_PARTS["pdf-worker"]),
        "pdf": _text(_PARTS["pdf"]),
    }
    script, styles = scripts.one_piece(scripts.FILE), "".join(file.read_text() for file in _STYLES)
    binary = {name: _base64(_PARTS[name]) for name in ("zxing-wasm", "jbig2", "openjpeg")}
    blocks = [{"id": "bundle", "type": "application/json", "text": _json(bundle)}]
    blocks += [{"id": name, "type": "text/plain", "text": text} for name, text in (later | binary).items()]
    for text in (script, *later.values()):
        if re.search(r"</script|<!--|[\0\r]", text, re.IGNORECASE):
            raise ValueError("a script cannot stand in a page as it is")
    return _page(
        inline=True,
        parts={"made": moment(made_at)},
        icons="",
        styles=styles,
        script=script,
        blocks=blocks,
        sprite=_sprite(script),
        policy=_policy([script, *later.values()], styles),
    )


def _page(**values: Any) -> str:
    texts, known = words.texts(), keyset.book()
    page = current_app.jinja_env.get_template(_TEMPLATE).render(
        **{"blocks": [], "sprite": "", "policy": ""} | values,
        words=texts,
        words_json=_json(texts),
        site_name=settings().site_name,
        host=urlsplit(settings().base_url).netloc,
        origin=settings().base_url,
        root=known.root.pin if known.root else "",
        fingerprint=known.root.fingerprint if known.root else "",
    )
    return page


def _policy(executed: list[str], styles: str) -> str:
    hashes = " ".join(f"'{_hash(text)}'" for text in executed)
    rules = (
        "default-src 'none'",
        f"script-src {hashes} 'wasm-unsafe-eval'",
        f"style-src '{_hash(styles)}'",
        "img-src data: blob:",
        "connect-src 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    )
    return "; ".join(rules)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _sprite(script: str) -> str:
    """The icons that template and script use, to stand in the page."""
    source, _name, _fresh = current_app.jinja_env.loader.get_source(current_app.jinja_env, _TEMPLATE)  # type: ignore[union-attr]
    used = {name for pair in _USED.findall(source + script) for name in pair if name}
    symbols = [found[0] for found in _SYMBOL.finditer(_text("icons.svg")) if found[1] in used]
    return f'<svg width="0" height="0" aria-hidden="true" class="visually-hidden">{"".join(symbols)}</svg>'


def _text(name: str) -> str:
    return (_VENDOR / name).read_text().replace("\r\n", "\n")


def _base64(name: str) -> str:
    return base64.b64encode((_VENDOR / name).read_bytes()).decode()


def _json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def digest(texts: list[str]) -> str:
    """A short name for some texts together."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def manifest() -> dict[str, Any]:
    """The web app manifest. Inside a request."""
    said, here = words.texts()["vi"], url_for("certificates_offline.check")
    icons = [_address(scripts.FOLDER / "offline" / name) for name in _ICONS]
    sizes = (("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"))
    return {
        "id": here,
        "name": f"{settings().site_name}: {said['title']}",
        "short_name": settings().site_name,
        "lang": "vi",
        "start_url": here,
        "scope": here,
        "display": "standalone",
        "background_color": "#fbfcfc",
        "theme_color": "#0b5c5d",
        "icons": [
            {"src": address, "sizes": size, "type": "image/png", "purpose": purpose}
            for address, (size, purpose) in zip(icons, sizes, strict=True)
        ],
    }
