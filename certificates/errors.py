"""What can stand against issuing, revoking or replacing."""

from __future__ import annotations

from lms.errors import Conflict, NotAllowed, Refused


class NotReady(Refused):
    """Something the whole batch needs is missing."""

    code = "batch_not_ready"


class SamePerson(Refused):
    """Who prepared a batch may not approve it."""

    code = "same_person"


class NotTheIssuer(NotAllowed):
    """Whoever decides does not act for the institution that issued."""

    code = "not_the_issuer"


class TemplateFails(Refused):
    """A template of papers did not pass its own test; it is not put forward."""

    code = "template_fails"


class WrongStatus(Conflict):
    """The certificate's status does not allow this."""

    code = "wrong_status"


class TooLate(Conflict):
    """The minutes in which an issue can be cancelled are over."""

    code = "too_late"


class PileFinished(Conflict):
    """A pile whose report is made takes nothing more."""

    code = "pile_finished"


class PileNotReady(Conflict):
    """Nothing to report, or not everything is read."""

    code = "pile_not_ready"


class PileFull(Refused):
    """More papers than one pile holds."""

    code = "pile_full"


class BlanksShort(Conflict):
    """The stock of blanks is smaller than what is to be printed."""

    code = "blanks_short"


class SelfTestFailed(Exception):
    """A produced signature or paper did not pass its own check; it is not released."""
