"""Pages of the shell. `web` carries layout and static files; the others are grouped by subject."""

from lms.web.routes import audit, home, imports, jobs, plugins
from lms.web.routes.blueprint import web

__all__ = ["audit", "blueprints", "home", "imports", "jobs", "plugins", "web"]

blueprints = (web,)
