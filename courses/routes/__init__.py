"""Pages of courses: `classes` (list, page, life cycle), `learners`, `sessions`, `timetables`, `reviews`."""

from courses.routes import classes, learners, reviews, sessions, timetables
from courses.routes.blueprint import bp

__all__ = ["bp", "classes", "learners", "reviews", "sessions", "timetables"]
