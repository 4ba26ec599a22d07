"""The blueprint of accounts and signing in."""

from flask import Blueprint

bp = Blueprint(
    "access",
    "lms.access",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/access",
)
