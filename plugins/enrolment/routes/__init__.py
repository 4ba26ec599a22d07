"""Pages of enrolment: `nominating` for agencies, `importing` for their lists, `deciding` for the school."""

from plugins.enrolment.routes import deciding, importing, nominating
from plugins.enrolment.routes.blueprint import bp

__all__ = ["bp", "deciding", "importing", "nominating"]
