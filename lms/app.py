"""The application factory: settings → database → web → plugins."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import config
from lms.config import Settings
from lms.db import connection, db, open_database
from lms.db.footing import roll_back_leftovers
from lms.lean import Platform
from lms.operations import logs
from lms.plugins import troubles
from lms.plugins.owner import page_owner
from lms.plugins.registry import registry
from lms.plugins.switch import is_on


@contextmanager
def _without_collecting() -> Iterator[None]:
    """What a start makes stays: looking through all of it for garbage, again and again, cost 0.25 CPU-seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_without_collecting()
def create_app(chosen: Settings | None = None) -> Platform:
    """Build the application. Raises ValueError naming a setting that cannot be read."""
    chosen = config.use(chosen or config.from_environment())
    if not chosen.testing:
        logs.configure(chosen)
    app = Platform("lms", static_folder=None, template_folder="templates")
    app.config.update(
        SECRET_KEY=chosen.secret("secret_key"),
        TESTING=chosen.testing,
        DEBUG=chosen.debug,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=chosen.https,
        PREFERRED_URL_SCHEME="https" if chosen.https else "http",
        MAX_CONTENT_LENGTH=12 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        TEMPLATES_AUTO_RELOAD=chosen.debug,
    )
    if chosen.proxies:
        believed = dict.fromkeys(("x_for", "x_proto", "x_host", "x_port"), chosen.proxies)
        app.wsgi_app = ProxyFix(app.wsgi_app, **believed)  # type: ignore[method-assign]
    _open(app, chosen)
    registry.discover(safe_mode=chosen.safe_mode, skip=set(filter(None, chosen.skip_plugins.split(","))))
    from lms.access.sign_in import init_sign_in  # noqa: PLC0415  the database must be bound first
    from lms.db import migrating  # noqa: PLC0415  reads the registry, which is filled above
    from lms.web import finish_web, init_web, uploads  # noqa: PLC0415

    with connection():
        migrating.set_aside_unmigrated()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(_translations())
    app.before_every(_refuse_switched_off)
    uploads.install(app)
    logs.install(app, chosen)
    if chosen.metrics_token:
        from lms.operations import metrics  # noqa: PLC0415  counts what the tables of work hold

        metrics.install(app)
    init_web(app)
    init_sign_in(app, chosen)
    registry.load(app)
    finish_web(app)
    return app


def bind_database(chosen: Settings) -> None:
    """Open the database the settings name."""
    chosen.instance.mkdir(parents=True, exist_ok=True)
    db.initialize(open_database(chosen.database_url))


def _translations() -> list[str]:
    """Every module's catalogue; later ones win, so the kernel's is last: a plugin cannot change the platform's words."""
    from lms.web import catalogues  # noqa: PLC0415  the web imports models: the database must be bound first

    return [str(folder) for folder in reversed(catalogues.folders())]


def _open(app: Platform, chosen: Settings) -> None:
    if not chosen.testing or db.obj is None:
        bind_database(chosen)

    @app.before_every
    def connect() -> None:
        g.started = time.perf_counter()
        if request.path != "/healthz":  # alive, whatever the database says
            g.opened = db.obj.connect(reuse_if_open=True)

    @app.at_the_end_of_every
    def close(_: BaseException | None) -> None:
        database = db.obj  # not through the proxy: this is done after every request
        if not g.pop("opened", False) or database.is_closed():
            return
        if roll_back_leftovers() and (owner := page_owner()) and request.url_rule is not None:
            reason = "It left a transaction open; what it wrote in it was taken back."
            troubles.note(owner, f"route {request.url_rule.rule}", reason)
        troubles.write_unsure()
        database.close()


def _refuse_switched_off() -> Response | None:
    """A plugin that is off has no pages: 404, whatever its routes say."""
    owner = page_owner()
    if owner is None:
        return None
    klass = (request.view_args or {}).get("class_id")
    if not is_on(owner, klass):
        abort(404)
    return None
