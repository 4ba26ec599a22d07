"""Pages of certificates: the public check, the register, the issue of a class, the public log."""

from certificates.routes import (
    auditing,
    blanks,
    books,
    cases,
    file_check,
    identity,
    interop,
    issuing,
    lost,
    old_registers,
    orders,
    pile_reports,
    piles,
    recognition,
    regaining,
    register,
    sharing,
    status,
    templates,
    verifying,
)
from certificates.routes.blueprint import bp, verify
from certificates.routes.log import log
from certificates.routes.offline import offline

blueprints = (bp, verify, log, offline)

__all__ = [
    "auditing",
    "blanks",
    "blueprints",
    "books",
    "bp",
    "cases",
    "file_check",
    "identity",
    "interop",
    "issuing",
    "log",
    "lost",
    "offline",
    "old_registers",
    "orders",
    "pile_reports",
    "piles",
    "recognition",
    "regaining",
    "register",
    "sharing",
    "status",
    "templates",
    "verify",
    "verifying",
]
