"""The address space of enrolment."""

from flask import Blueprint

bp = Blueprint(
    "enrolment",
    "plugins.enrolment",
    url_prefix="/enrolment",
    template_folder="templates",
    static_folder="static",
)
