"""The interface for programs: `/api/v1`, declared operation by operation (see `Api`), and tokens to use it."""

from lms.api.operations import Api
from lms.api.paging import Listing, listing
from lms.api.shapes import Row, answer, said, sent
from lms.api.telling import filled

__all__ = ["Api", "Listing", "Row", "answer", "filled", "listing", "said", "sent"]

#: The kernel's own pages are mounted with the web (`lms.api.pages`), not as a plugin's room of this name.
blueprints = ()
