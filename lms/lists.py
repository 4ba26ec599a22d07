"""The kernel's kinds of list, and the jobs that apply long ones."""

from lms.importing import background
from lms.people import lists, organisation_list
from lms.people.staff import jobs as staff_jobs
from lms.people.staff import kind as staff

__all__ = ["background", "lists", "organisation_list", "staff", "staff_jobs"]
