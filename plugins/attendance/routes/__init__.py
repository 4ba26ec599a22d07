"""Pages of attendance: the roll on a phone, the class at a desk."""

from plugins.attendance.routes import desk, roll
from plugins.attendance.routes.blueprint import bp

__all__ = ["bp", "desk", "roll"]
