"""Reference data under /admin."""
from __future__ import annotations

from flask import Flask


def init_admin(app: Flask) -> None:
    """Mount the administration."""
