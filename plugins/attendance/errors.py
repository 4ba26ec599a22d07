"""What can stand against a deed on a roll, each as a sentence to act on."""

from __future__ import annotations

from lms.errors import Conflict


class RollNotOpenYet(Conflict):
    code = "roll_not_open_yet"


class SessionCancelled(Conflict):
    code = "session_cancelled"


class ClassNotRunning(Conflict):
    code = "class_not_running"


class AlreadyLocked(Conflict):
    code = "roll_locked"


class NotConfirmed(Conflict):
    code = "roll_not_confirmed"


class MarksMissing(Conflict):
    """Somebody on the roll has no mark; `details["learners"]` names them."""

    code = "marks_missing"


class UndoOver(Conflict):
    code = "undo_over"


class NotLocked(Conflict):
    code = "roll_not_locked"


class NothingToMakeUp(Conflict):
    code = "nothing_to_make_up"
