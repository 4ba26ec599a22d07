"""The blueprint of the shell; its static files are those of every page."""

from flask import Blueprint

web = Blueprint(
    "web",
    "lms.web",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/web",
)
