"""Default deny, tried on every address: nobody in, no role too many, no agency into another one's records."""

from __future__ import annotations

import pytest
from werkzeug.routing import Map, Rule

from lms.access.roles import PRESETS
from lms.plugins.registry import registry
from tests.access.doors import guard, routes, words
from tests.access.world import SECRETS, Unfilled

#: Roles that are held for one agency, or for one's own classes.
BOUND = [preset.name for preset in PRESETS if not preset.everywhere]
#: Addresses an agency may open although the id in it is not its own, with the reason. No secret may stand on them.
SHARED: dict[str, str] = {
    "evaluation.draw": "answers 409 with one sentence whatever the form is, so nothing can be told from it",
    **dict.fromkeys(
        ("web.import_form", "web.import_upload", "web.import_empty", "web.list_export"),
        "its parameter names a kind of list and no record; the rows keep to the reader's scope",
    ),
}
#: Addresses that rightly show nothing of this small world, even to those it belongs to.
NOTHING_THERE = {
    "access.short",
    "attendance.link_roll",
    "certificates_api.verify",
    # Books and blanks are of those who issue; this agency issues nothing.
    *(f"certificates.{name}" for name in ("book_pdf", "book_xlsx", "blank_batch", "blank_batch_xlsx")),
    # A scan that is being keyed is of who sent it.
    "certificates.held_scan",
    # No paper was lost.
    "certificates.substitute",
    # No state of the log was published yet.
    "certificates_log.entries_page",
    "verify.proof",
    "verify.counts",
    "verify.pile_report_check",
    "verify.issuer",
    "verify.programme",
    # The code is one letter short: whoever has a whole one is shown the name, by its holder's wish.
    "verify.shared",
    "verify.show",
    "web.job_file",
    # An agency has no deed on many rows; what somebody with one chose is that person's alone.
    "web.bulk_show",
}


def may(roles: set[str], permissions: tuple[str, ...]) -> bool:
    """Whether one of the roles carries one of the permissions."""
    if permissions in {("public",), ("signed_in",)}:
        return True
    return any(registry.permissions[name].roles & roles for name in permissions)


def test_every_address_can_be_filled_in(app, world):
    for rule in app.url_map.iter_rules():
        world.address(app, rule)


def test_a_route_nobody_can_fill_says_what_to_add(app, world):
    rule = Rule("/moon/<int:moon_id>", endpoint="moon.show")
    rule.bind(Map())
    with pytest.raises(Unfilled, match=r"Nobody knows a value for <moon_id> .* add it to `by_name`"):
        world.address(app, rule)


def test_every_route_says_who_may_open_it(app):
    silent = {rule.endpoint for rule, _method in routes(app) if not guard(app, rule)}
    assert silent == set()


def test_strangers_are_sent_to_the_sign_in(app, knock, world):
    let_in = []
    for rule, method in routes(app):
        if guard(app, rule) == ("public",):
            continue
        answer = knock(method, world.address(app, rule))
        to_sign_in = answer.status_code in {302, 303} and answer.location.startswith("/login")
        if not to_sign_in and answer.status_code not in {401, 404}:
            let_in.append(f"{method} {rule.rule}: {answer.status}")
    assert let_in == []


def test_open_pages_tell_strangers_nothing(app, knock, world):
    told = []
    for rule, method in routes(app):
        if guard(app, rule) == ("public",):
            answer = knock(method, world.address(app, rule))
            told += [f"{method} {rule.rule}: “{word}”" for word in SECRETS if word in words(answer)]
            assert answer.status_code < 500, f"{method} {rule.rule}"
    assert told == []


@pytest.mark.once
@pytest.mark.parametrize("role", [preset.name for preset in PRESETS])
def test_a_role_without_the_permission_is_refused(app, knock, make, world, role):
    user = make.user(role, organisation=world.agency)
    let_in = []
    for rule, method in routes(app):
        if may({role}, guard(app, rule)):
            continue
        answer = knock(method, world.address(app, rule), user)
        if answer.status_code not in {403, 404}:
            let_in.append(f"{method} {rule.rule}: {answer.status}")
    assert let_in == []


@pytest.mark.parametrize("role", BOUND)
def test_another_agencys_records_stay_closed(app, knock, make, world, role):
    """With the permission, but with ids of an agency that is not one's own: 403 or 404, and never a word of it."""
    own = make.organisation("so-khac", name="Sở Khác")
    user = make.user(role, organisation=own, official=make.official("Người Của Sở Khác", own))
    let_in, told = [], []
    for rule, method in routes(app):
        if not may({role}, guard(app, rule)) or guard(app, rule) == ("public",):
            continue
        for klass in (world.klass, world.enrolling):
            answer = knock(method, world.address(app, rule, class_id=klass.id), user)
            line = f"{method} {rule.rule} ({klass.code}): {answer.status}"
            closed = answer.status_code in {403, 404}
            # A class that takes nominations is open to every agency; what others nominated is not.
            open_to_all = not rule.arguments or rule.endpoint in SHARED or klass == world.enrolling
            if answer.status_code >= 500 or not (closed or open_to_all):
                let_in.append(line)
            told += [f"{line} tells “{word}”" for word in SECRETS if word in words(answer)]
    assert (let_in, told) == ([], [])


def test_the_agency_itself_is_let_in(app, knock, world):
    """Otherwise the closed doors above would prove nothing."""
    shut, told = [], set()
    for rule, method in routes(app):
        if method != "GET" or not rule.arguments or not may({"training_officer"}, guard(app, rule)):
            continue
        answer = knock(method, world.address(app, rule), world.officer)
        told |= {word for word in SECRETS if word in words(answer)}
        if answer.status_code >= 400 and rule.endpoint not in NOTHING_THERE:
            shut.append(f"{rule.rule}: {answer.status}")
    assert shut == []
    assert told == set(SECRETS)
