"""What can stand against a deed on scores."""

from __future__ import annotations

from lms.errors import Conflict


class ClassNotRunning(Conflict):
    code = "class_not_running"


class ScoresExist(Conflict):
    code = "scores_exist"


class NoRetake(Conflict):
    code = "no_retake"
