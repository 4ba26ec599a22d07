"""Flask-Security, taken in without the libraries of sign-ins that are not made through it.

Our own sign-ins use Authlib and webauthn, but only when somebody comes that way: every process starts 0.2 CPU-seconds
sooner without them. Whatever of this package takes in Flask-Security finds it here already: the package's front door
imports this file first.
"""

from __future__ import annotations

from lms.sparing import at_first_use, without

at_first_use("email_validator")
with without("authlib.integrations.flask_client", "webauthn"):
    import flask_security  # noqa: F401
