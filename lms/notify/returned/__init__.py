"""Mail that comes back: every letter leaves under a return address of its own, and what arrives there is read.

`tags` makes and checks those addresses, `reports` reads what other servers write, `taking` heeds it, `folder` fetches it
from a Maildir.
"""
