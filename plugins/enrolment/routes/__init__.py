"""Pages of enrolment: `nominating` for agencies (their lists come in on the pages of the platform), `deciding` for the school."""

from plugins.enrolment.routes import deciding, nominating
from plugins.enrolment.routes.blueprint import bp

__all__ = ["bp", "deciding", "nominating"]
