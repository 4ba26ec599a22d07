"""The web shell: layout, navigation, sign-in pages, error pages, the administration."""

from lms.web.setup import finish_web, init_web

__all__ = ["finish_web", "init_web"]
