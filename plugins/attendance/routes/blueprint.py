"""The blueprint of attendance."""

from flask import Blueprint

bp = Blueprint(
    "attendance",
    "plugins.attendance",
    template_folder="templates",
    static_folder="static",
    url_prefix="/attendance",
)
