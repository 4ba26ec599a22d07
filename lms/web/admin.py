"""Flask-Admin at /admin."""

from flask import Flask


def init_admin(app: Flask) -> None:
    """Register the views."""
