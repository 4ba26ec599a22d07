"""Questions the kernel asks every plugin. Implementations may take fewer arguments than a question has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lms.plugins import hookspec

if TYPE_CHECKING:
    from lms.access.models import ShortLink, User
    from lms.answers import (
        CalendarEntry,
        ClassScopes,
        DataKind,
        Finding,
        Hit,
        HomeCard,
        Impact,
        Moving,
        NavItem,
        PersonTab,
        ScopeKind,
        Story,
    )
    from lms.demo import Context
    from lms.people.merging.models import OfficialMerge
    from lms.people.models import Official, Organisation


@hookspec
def navigation(user: User) -> list[NavItem]:
    """Lines of the navigation for this user."""


@hookspec
def home_cards(user: User) -> list[HomeCard]:
    """Cards on this user's home page; the most urgent first (low weight)."""


@hookspec
def search(words: str, user: User) -> list[Hit]:
    """What you have under these words that this user may open, the best first, a handful at most.

    `words` has at least two letters. Asked at every pause in typing: one or two indexed queries.
    """


@hookspec
def person_tabs(official: Official, user: User) -> list[PersonTab]:
    """Tabs on an official's page."""


@hookspec
def open_short_link(link: ShortLink) -> str | None:
    """The address a short link of your purpose leads to; None when the purpose is not yours.

    The visitor then holds it: `lms.access.links.held(purpose)` gives its target on your pages.
    """


@hookspec
def open_short_code(code: str) -> str | None:
    """The address behind a short code of a table of your own (``/s/<code>``); None when it is not yours."""


@hookspec
def calendar_entries(user: User, part: str) -> list[CalendarEntry]:
    """What stands in this person's calendar; with `part` ("class-12") only that part, if it is yours and the user's."""


@hookspec
def history_of(kind: str, object_id: str, user: User) -> list[Story]:
    """Whose deeds make the history of one object, for this user: the object itself opens the page, its parts join in.

    Name the object itself only when the user may read its history.
    """


@hookspec
def privacy_export(official: Official) -> dict[str, Any] | None:
    """Everything you keep about an official, as plain values."""


@hookspec
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Erase what the law does not oblige you to keep; returns counts by table."""


@hookspec
def personal_data() -> list[DataKind]:
    """Every kind of personal data you keep: purpose, legal basis, retention, and why it may not be erased."""


@hookspec
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Which of your rows of `gone` shall belong to `kept`, when both are one person; change nothing yourself.

    Asked for the preview and again for the deed, also while you are switched off.
    """


@hookspec
def organisation_succeeded(old: Organisation, new: Organisation) -> list[Moving]:
    """Which of your open matters of `old` shall go on at `new`, its successor; what is done stays as history."""


@hookspec
def before_merge_undone(merge: OfficialMerge) -> None:
    """Veto the undoing of a merge, when something of yours came since that cannot be told apart."""


@hookspec
def demo_data(context: Context) -> None:
    """Fill your tables for the demonstration, through your own services, from the context's random source."""


@hookspec
def scope_kinds() -> list[ScopeKind]:
    """Kinds of places, narrower than the site, in which plugins can be switched and set."""


@hookspec
def class_scopes(class_ids: range) -> list[ClassScopes]:
    """The scopes around each existing class of these ids, in a constant number of queries."""


@hookspec
def switch_impact(name: str) -> list[Impact]:
    """What of yours depends on the plugin `name`; said to the administrator before it is switched off or purged."""


@hookspec
def soundness() -> list[Finding]:
    """What `lms doctor` shall say of your part: is it sound, and what to do where it is not."""
