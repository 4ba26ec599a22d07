"""The kernel's kinds of list, and the job that applies long ones."""

from lms.importing import background
from lms.people import lists

__all__ = ["background", "lists"]
