"""The kernel's kinds of list, and the job that applies long ones."""

from lms.importing import background
from lms.people import lists, organisation_list

__all__ = ["background", "lists", "organisation_list"]
