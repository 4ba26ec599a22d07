"""Deeds on many rows at once: chosen or all that match, a dry run, applied, answered with counts, taken back for ten minutes."""

from lms.bulk.deeds import BulkDeed, bulk_deed, deed_or_404

__all__ = ["BulkDeed", "bulk_deed", "deed_or_404"]
