"""Switching, quarantine, vetoes and the fence around answers."""

from types import SimpleNamespace

import pytest
from flask_babel import gettext as _

from lms.errors import Conflict, Refused
from lms.plugins import ask, check, hookimpl, services, setting
from lms.plugins.contract import ManifestError, Permission, Plugin, check_manifest, in_range
from lms.plugins.models import PluginState
from lms.plugins.registry import Found, registry
from lms.plugins.switch import is_on, refresh, state_of, switches


@pytest.fixture
def stranger(app):
    """A plugin that is on, with answers a test gives it."""
    manifest = type("Stranger", (Plugin,), {"name": "stranger", "title": "Stranger"})
    registry.found["stranger"] = Found("stranger", "lms", manifest, built_in=True, loaded=True)
    answers = {}

    def answering(**functions):
        module = SimpleNamespace(**{name: hookimpl(function) for name, function in functions.items()})
        registry.add_answers("stranger", module)
        answers["given"] = True

    registry.testing_raises = False
    yield answering
    registry.testing_raises = True
    if answers:
        registry.remove_answers("stranger")
    del registry.found["stranger"]
    refresh()


def crash(user):
    raise ZeroDivisionError("no more")


def test_a_crashing_answer_is_skipped_and_the_plugin_quarantined_with_its_reason(stranger, make):
    stranger(navigation=crash)
    user = make.user()

    ask("navigation", user=user)

    assert not is_on("stranger")
    assert state_of("stranger") == ("quarantined", "navigation: ZeroDivisionError: no more")


def test_another_process_sees_the_quarantine(stranger, make):
    stranger(navigation=crash)
    ask("navigation", user=make.user())
    switches.local.clear()
    refresh()
    assert not is_on("stranger")


def test_retry_lets_it_work_again(stranger, make):
    stranger(navigation=crash)
    ask("navigation", user=make.user())
    services.retry("stranger", by=None)
    assert is_on("stranger")


def test_the_core_is_never_quarantined(app):
    services.quarantine("lms", "hook: Error")
    assert is_on("lms")


def test_a_crashing_veto_refuses_and_stays_on(stranger):
    """A veto that vanished with its plugin would let the next one through."""
    stranger(before_enrol=lambda klass, official: 1 / 0)
    for _again in range(2):
        with pytest.raises(Refused):
            check("before_enrol", official=None)
    assert is_on("stranger")


def test_a_veto_carries_its_sentence(stranger):
    def full(klass, official):
        raise Refused(_("This class is full."))

    stranger(before_enrol=full)
    with pytest.raises(Refused) as refused:
        check("before_enrol", official=None)
    assert str(refused.value)


def test_answers_are_flat_and_in_order_of_weight(stranger, make):
    def item(name, weight):
        return SimpleNamespace(title=name, weight=weight)

    stranger(person_tabs=lambda official, user: [item("late", 900), item("first", -5), None][:2])
    titles = [answer.title for answer in ask("person_tabs", official=make.official(), user=make.user())]
    assert titles[0] == "first"
    assert titles[-1] == "late"


def test_an_unknown_question_is_a_mistake_of_the_asker(app):
    with pytest.raises(LookupError):
        ask("no_such_question")


def test_off_is_silent_and_data_stays(stranger, make):
    stranger(navigation=lambda user: [SimpleNamespace(title="x", weight=1)])
    services.switch("stranger", False, by=None)
    assert [one for one in ask("navigation", user=make.user()) if one.title == "x"] == []
    assert PluginState.get(PluginState.name == "stranger").on is False


def test_off_in_one_class_is_on_in_the_others(stranger):
    services.switch_in_class("stranger", 7, False, by=None)
    assert not is_on("stranger", 7)
    assert is_on("stranger", 8)
    assert is_on("stranger")


def test_the_core_stays_on(app):
    with pytest.raises(Conflict):
        services.switch("courses", False, by=None)


def test_what_others_need_is_switched_off_last(app):
    with pytest.raises(Conflict):
        services.switch("attendance" if "attendance" in _needed() else "courses", False, by=None)


def _needed():
    return {
        need
        for found in registry.in_order()
        for need in found.plugin.requires
        if not registry.found[need].plugin.required
    }


@pytest.mark.parametrize(
    ("wanted", "fits"), [(">=1,<2", True), ("==1", True), (">=2", False), ("<1", False), (">0,<=1", True)]
)
def test_api_ranges(wanted, fits):
    assert in_range(1, wanted) is fits


@pytest.mark.parametrize("wanted", ["1", "~=1", ">=x", ""])
def test_an_api_range_nobody_can_read_is_an_error(wanted):
    with pytest.raises(ManifestError):
        in_range(1, wanted)


def test_a_manifest_for_another_api_is_not_loaded():
    with pytest.raises(ManifestError, match="plugin API"):
        check_manifest(type("Old", (Plugin,), {"name": "old", "title": "Old", "api": ">=7"}))


def test_foreign_tables_and_permissions_are_refused():
    with pytest.raises(ManifestError, match="must start with"):
        check_manifest(
            type("Thief", (Plugin,), {"name": "thief", "title": "T", "tables": ("courses_class",)})
        )
    permission = Permission("courses.manage", "x")
    with pytest.raises(ManifestError, match="must start with"):
        check_manifest(
            type("Thief", (Plugin,), {"name": "thief", "title": "T", "permissions": (permission,)})
        )


def test_a_setting_has_its_default_until_somebody_changes_it(app):
    name, spec = next(
        (f"{found.name}.{one.name}", one)
        for found in registry.in_order()
        for one in found.plugin.settings
        if one.type is int
    )
    assert setting(name) == spec.default
    services.change_setting(name, spec.default + 1, by=None)
    assert setting(name) == spec.default + 1
