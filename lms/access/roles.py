"""Role presets in plain words. What a role may do is said by the plugins' permissions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Preset:
    """A role: its name, title and sentence; `everywhere` = sees all organisations, else the one it is held for.

    `second_factor`: officers and heads sign in with one, unless the site's setting says otherwise.
    """

    name: str
    title: Any
    sentence: Any
    everywhere: bool
    second_factor: bool = False


PRESETS = (
    Preset(
        "platform_admin",
        _l("Platform administrator"),
        _l("Runs the platform: plugins, accounts, health. Sees no scores."),
        True,
        second_factor=True,
    ),
    Preset(
        "academic_officer",
        _l("Academic officer"),
        _l("Runs the classes of the Political School from opening to closing."),
        True,
        second_factor=True,
    ),
    Preset(
        "school_head",
        _l("Head of the school"),
        _l("Approves results and certificates, and revokes them."),
        True,
        second_factor=True,
    ),
    Preset(
        "department_officer",
        _l("Department officer"),
        _l("Follows needs, classes and results of the whole province."),
        True,
        second_factor=True,
    ),
    Preset(
        "training_officer",
        _l("Agency training officer"),
        _l("Nominates the officials of one agency and follows them."),
        False,
        second_factor=True,
    ),
    Preset(
        "appointing_officer",
        _l("Appointing officer"),
        _l("Asks whether an official may be appointed, and checks certificates."),
        False,
        second_factor=True,
    ),
    Preset("lecturer", _l("Lecturer"), _l("Takes the roll and enters scores of own sessions."), False),
    Preset("trainee", _l("Trainee"), _l("Sees own classes, evaluation forms and certificates."), False),
    Preset(
        "inspector", _l("Inspector"), _l("Reads everything that inspection needs, changes nothing."), True
    ),
)

EVERYWHERE = frozenset(preset.name for preset in PRESETS if preset.everywhere)
SECOND_FACTOR = tuple(preset.name for preset in PRESETS if preset.second_factor)
BY_NAME = {preset.name: preset for preset in PRESETS}


def title_of(role: Any) -> str:
    """A role's title: the preset's, or the one the site gave it."""
    preset = BY_NAME.get(role.name)
    return str(preset.title) if preset else str(role.title or role.name)


def sentence_of(role: Any) -> str:
    """What a role is for."""
    preset = BY_NAME.get(role.name)
    return str(preset.sentence) if preset else str(role.description)
