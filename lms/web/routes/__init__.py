"""Pages of the shell. `web` carries layout and static files; the others are grouped by subject."""

from lms.web.routes import audit, bulk, home, imports, jobs, plugins, search
from lms.web.routes.blueprint import web

__all__ = ["audit", "blueprints", "bulk", "home", "imports", "jobs", "plugins", "search", "web"]

blueprints = (web,)
