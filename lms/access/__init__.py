"""Who may do what: users, roles, permissions, organisation scope, sign-in."""

from lms.access import library
from lms.access.guard import can, current_user, public, requires, requires_any, signed_in

__all__ = ["can", "current_user", "library", "public", "requires", "requires_any", "signed_in"]
