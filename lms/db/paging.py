"""Pages of a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """One page of a list: `rows`, and where it stands (`page` counts from 1)."""

    rows: list[Any]
    page: int
    pages: int
    total: int
    per_page: int

    @property
    def first(self) -> int:
        return 0 if not self.total else (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        return min(self.total, self.page * self.per_page)


def paginate(query: Any, page: int = 1, per_page: int = 50) -> Page:
    """Cut a query into pages: two queries, whatever its length. A page outside the range becomes the nearest one."""
    total = query.count()
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    return Page(list(query.paginate(page, per_page)), page, pages, total, per_page)
