"""Telling people: notices on their pages, mail through an outbox, calendar entries that follow changes."""

from lms.notify.services import notify, write_to

__all__ = ["notify", "write_to"]
