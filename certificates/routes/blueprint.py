"""Two blueprints: the register under /certificates, and the public check under /c."""

from flask import Blueprint

bp = Blueprint(
    "certificates",
    "certificates",
    template_folder="templates",
    static_folder="static",
    url_prefix="/certificates",
)
#: Short, because it is printed on paper and lies in every code.
verify = Blueprint("verify", "certificates", url_prefix="/c")
