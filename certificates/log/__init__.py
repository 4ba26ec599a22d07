"""The public log: every issue, signature and change of a certificate, in an order nobody can rewrite unseen.

Front for the rest of certificates: call `append` (or `append_many`) inside the transaction of the deed, **before** its
audit row, so that every deed takes its locks in the same order. `included_at` says from which size of the log on a
signed certificate is part of it.
"""

from certificates.log.appending import Deed, append, append_many, included_at, includes_at

__all__ = ["Deed", "append", "append_many", "included_at", "includes_at"]
