"""What the sign-in pages say: the library's sentences in our words, each saying what to do."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

_WRONG = _l("The e-mail address or the password is not right. Please check both; capital letters count.")

_SENTENCES = {
    "GENERIC_AUTHN_FAILED": _WRONG,
    "INVALID_PASSWORD": _WRONG,
    "USER_DOES_NOT_EXIST": _WRONG,
    "PASSWORD_NOT_SET": _WRONG,
    "EMAIL_NOT_PROVIDED": _l("Please give your e-mail address."),
    "USER_IDENTITY_NOT_PROVIDED": _l("Please give your e-mail address."),
    "INVALID_EMAIL_ADDRESS": _l("Please give a whole e-mail address, like name@agency.gov.vn."),
    "PASSWORD_NOT_PROVIDED": _l("Please give your password."),
    "DISABLED_ACCOUNT": _l("This account is switched off. Please ask the administrator of the platform."),
    "UNAUTHENTICATED": _l("Please sign in."),
    "UNAUTHORIZED": _l("Your account may not see this page."),
    "LOGIN": _l("Please sign in to open this page."),
    "REFRESH": _l("Please sign in again to open this page."),
}


def install(app: Flask) -> None:
    """Set the sentences before the sign-in library reads its configuration."""
    for name, sentence in _SENTENCES.items():
        app.config.setdefault(f"SECURITY_MSG_{name}", (sentence, "error"))
    app.config.setdefault("SECURITY_EMAIL_FIELD_LABEL", _l("E-mail address"))
