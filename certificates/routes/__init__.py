"""Pages of certificates: the public check, the register, the issue of a class."""

from certificates.routes import desk, issuing, verifying
from certificates.routes.blueprint import bp, verify

blueprints = (bp, verify)

__all__ = ["blueprints", "bp", "desk", "issuing", "verify", "verifying"]
