"""Addresses for machines: /healthz, /readyz and /metrics."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request

from lms.access import public
from lms.config import settings
from lms.errors import NotFound
from lms.operations import health

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """This process answers; nothing else is looked at."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """Database, migrations and disk; 503 while one of them is not right."""
    checks = health.readiness()
    sound = set(checks.values()) == {"ok"}
    response = jsonify(ready=sound, checks=checks)
    response.status_code = 200 if sound else 503
    return response


@bp.get("/metrics")
@public
def figures() -> Response:
    """Figures for Prometheus, for whoever shows the token of LMS_METRICS_TOKEN; without one there is no such page."""
    wanted, given = settings().metrics_token, request.headers.get("Authorization", "")
    if not wanted or not hmac.compare_digest(given, f"Bearer {wanted}"):
        raise NotFound()
    from lms.operations import metrics  # noqa: PLC0415  the library of figures is there for those who collect them

    return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)
