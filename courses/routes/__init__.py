"""Pages of courses: `classes` (list, page, life cycle), `learners`, `modules`, `sessions`, `timetables`, `reviews`."""

from courses.routes import classes, learners, modules, reviews, sessions, timetables
from courses.routes.blueprint import bp

__all__ = ["bp", "classes", "learners", "modules", "reviews", "sessions", "timetables"]
