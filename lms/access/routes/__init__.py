"""Pages of accounts: short links, signing in, one's own account, everybody's accounts and roles."""

from lms.access.routes import account, accounts, door, factors, openid, roles, short, standing_in
from lms.access.routes.blueprint import bp

__all__ = ["account", "accounts", "bp", "door", "factors", "openid", "roles", "short", "standing_in"]
