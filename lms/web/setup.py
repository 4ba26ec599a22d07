"""Wire the web shell into the application, in the order the libraries need."""

from __future__ import annotations

import flask_wtf.form
from flask import Flask, current_app, request
from flask_babel import Babel
from flask_wtf import CSRFProtect

from lms.api import door
from lms.lean import Platform
from lms.web import catalogues, errors, headers, shell, sign_in_texts
from lms.web.language import DEFAULT, language
from lms.web.session import SessionCookie


class FormProtection(CSRFProtect):
    """Looks at what is sent; what is only read needs no search for exemptions."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a form without its token. Raises CSRFError."""
        if request.method in current_app.config["WTF_CSRF_METHODS"] and not door.needs_no_form_token():
            super().protect(apply_exemptions)


babel = Babel()
csrf = FormProtection()


def init_web(app: Platform) -> None:
    """Languages, CSRF protection, pages and errors; before sign-in and plugins."""
    from lms.access.routes import bp as access_pages  # noqa: PLC0415  routes need the database to be bound
    from lms.api.pages import blueprints as api  # noqa: PLC0415  routes need the database to be bound
    from lms.approvals.routes import bp as approvals  # noqa: PLC0415  routes need the database to be bound
    from lms.notify.routes import bp as notices  # noqa: PLC0415  routes need the database to be bound
    from lms.operations.routes import bp as operations  # noqa: PLC0415  routes need the database to be bound
    from lms.people.pages import blueprints as people  # noqa: PLC0415  routes need the database to be bound
    from lms.web.routes import blueprints  # noqa: PLC0415

    app.session_interface = SessionCookie()
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    # A form is good for as long as its session: people fill in long ones between two lessons.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    catalogues.compile_stale()
    babel.init_app(app, locale_selector=language)
    # The form library ships no Vietnamese; its sentences are in our catalogue.
    flask_wtf.form.translations = catalogues.FormMessages()
    sign_in_texts.install(app)
    door.install(app)
    csrf.init_app(app)
    shell.install(app)
    headers.install(app)
    errors.install(app)
    for blueprint in (*blueprints, access_pages, approvals, *api, notices, operations, *people):
        app.register_blueprint(blueprint)


def finish_web(app: Flask) -> None:
    """The administration, once every plugin has brought its views."""
    from lms.web.admin import init_admin  # noqa: PLC0415  views need loaded plugins

    init_admin(app)
