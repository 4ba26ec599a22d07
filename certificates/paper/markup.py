"""The text of a template: a short list of tags, named fields, nothing else; written out with a person's values.

`<p class="name">{name}</p>`: a field stands in braces, `{issuer|upper}` in capitals. `<en>…</en>` and lines of class
`en` are left out when the site prints no English. A line, or a cell, whose fields are all empty is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

#: Tags and what may stand in them besides words.
TAGS = ("p", "b", "i", "span", "en", "br", "hr", "table", "tr", "td")
CLASSES = ("title", "name", "programme", "en", "up", "strong", "label", "value", "small", "code", "left", "right", "gap", "signed")  # fmt: skip
_EMPTY = ("br", "hr")
_WIDTH = re.compile(r"[1-9][0-9]?%")
_FIELD = re.compile(r"\{([a-z_]+)(\|upper)?\}")
_LONGEST = 4000


class NotAllowed(Exception):
    """Something in the text that templates may not have; `what` names it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass
class Tag:
    """A tag with what is inside it."""

    name: str
    look: str = ""
    width: str = ""
    inside: list[Tag | str] = field(default_factory=list)


def read(text: str, fields: Sequence[str]) -> list[Tag | str]:
    """The text as a tree. Raises NotAllowed naming the first tag, attribute or field that is none of ours."""
    if len(text) > _LONGEST:
        raise NotAllowed(f"> {_LONGEST}")
    reader = _Reader(fields)
    reader.feed(text)
    reader.close()
    return reader.done()


def used(tree: Sequence[Tag | str]) -> set[str]:
    """Names of the fields in a text."""
    names: set[str] = set()
    for one in tree:
        names |= {found[0] for found in _FIELD.findall(one)} if isinstance(one, str) else used(one.inside)
    return names


def written(tree: Sequence[Tag | str], values: Mapping[str, str], english: bool) -> str:
    """HTML of a text with values in it."""
    said = ""
    for node in tree:
        if not english and isinstance(node, Tag) and node.name == "en":
            said = said.rstrip(" ")  # the space before what is left out goes with it
        said += _one(node, values, english)
    return said


def _one(node: Tag | str, values: Mapping[str, str], english: bool) -> str:
    if isinstance(node, str):
        return _FIELD.sub(lambda found: _value(found, values), escape(node, quote=False))
    if "en" in (node.name, node.look) and not english:
        return ""
    names = used([node])
    if names and not any(values[name] for name in names):
        if node.name == "td":
            return f"<td{_attributes(node)}></td>"
        if node.name in {"p", "tr"}:
            return ""
    inside = written(node.inside, values, english)
    if node.name == "br":
        return "<br/>"
    if node.name == "hr":
        return _rule(node.width)
    if node.name == "en":
        return f'<span class="en">{inside}</span>'
    return f"<{node.name}{_attributes(node)}>{inside}</{node.name}>"


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    value = values[found[1]].upper() if found[2] else values[found[1]]
    return escape(value, quote=False).replace("\n", "<br/>")


def _attributes(node: Tag) -> str:
    look = f' class="{node.look}"' if node.look else ""
    wide = f' width="{node.width}"' if node.width else ""
    return look + wide + (' width="100%"' if node.name == "table" and not node.width else "")


def _rule(width: str) -> str:
    """A thin line in the middle; the library draws borders of cells alone."""
    line = int(width.rstrip("%") or 40)
    side = (100 - line) // 2
    return (
        f'<table width="100%"><tr><td width="{side}%"></td>'
        f'<td width="{line}%" class="rule">&nbsp;</td><td width="{side}%"></td></tr></table>'
    )


class _Reader(HTMLParser):
    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.fields = fields
        self.open: list[Tag] = [Tag("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise NotAllowed(f"<{tag}>")
        node = Tag(tag)
        for name, value in attrs:
            if name == "class" and value in CLASSES:
                node.look = value
            elif name == "width" and value and _WIDTH.fullmatch(value) and tag in {"td", "hr", "table"}:
                node.width = value
            else:
                raise NotAllowed(f'<{tag} {name}="{value or ""}">')
        self.open[-1].inside.append(node)
        if tag not in _EMPTY:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        if self.open[-1].name != tag:
            raise NotAllowed(f"</{tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for found in re.findall(r"\{[^{}]*\}|[{}]", data):
            known = _FIELD.fullmatch(found)
            if known is None or known[1] not in self.fields:
                raise NotAllowed(found)
        self.open[-1].inside.append(data)

    def handle_comment(self, data: str) -> None:
        raise NotAllowed("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        raise NotAllowed(f"<!{decl[:20]}>")

    def handle_pi(self, data: str) -> None:
        raise NotAllowed(f"<?{data[:20]}>")

    def unknown_decl(self, data: str) -> None:
        raise NotAllowed(f"<![{data[:20]}")

    def done(self) -> list[Tag | str]:
        if len(self.open) != 1:
            raise NotAllowed(f"<{self.open[-1].name}>")
        return self.open[0].inside
