"""Pages of courses: `classes` (list, page, life cycle), `learners`, `modules`, `sessions`, `reviews`."""

from courses.routes import classes, learners, modules, reviews, sessions
from courses.routes.blueprint import bp

__all__ = ["bp", "classes", "learners", "modules", "reviews", "sessions"]
