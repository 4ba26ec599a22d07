"""What kinds of programmes are called."""

from flask_babel import lazy_gettext as _l

KINDS = {
    "political_theory": _l("Political theory"),
    "state_management": _l("State management"),
    "leadership": _l("Leadership and management"),
    "defence_security": _l("Defence and security"),
    "job_position": _l("Job position"),
}
REGIMES = {
    "home_affairs": _l("Home affairs"),
    "commune_political_centre": _l("Commune political centre"),
    "party": _l("Party"),
    "defence": _l("Defence"),
}
CERTIFICATE_KINDS = {
    "certificate": _l("Certificate of a programme"),
    "completion": _l("Certificate of completion"),
    "diploma": _l("Diploma"),
}
