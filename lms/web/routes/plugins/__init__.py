"""Pages of the administrator of plugins: the list, one plugin, its scopes, and the wiring between them."""

from lms.web.routes.plugins import listing, one, scopes, switching, uninstalling, upgrading, wiring

__all__ = ["listing", "one", "scopes", "switching", "uninstalling", "upgrading", "wiring"]
