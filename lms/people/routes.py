"""Pages of organisations and officials."""

from flask import Blueprint

bp = Blueprint("people", __name__, url_prefix="/people")
