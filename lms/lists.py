"""The kernel's kinds of list, and the jobs that do long ones."""

from lms.access import account_list
from lms.access import bulk as account_bulk
from lms.bulk import background as bulk_background
from lms.importing import background
from lms.people import lists, organisation_list
from lms.people.staff import jobs as staff_jobs
from lms.people.staff import kind as staff
from lms.web import job_list

__all__ = [
    "account_bulk",
    "account_list",
    "background",
    "bulk_background",
    "job_list",
    "lists",
    "organisation_list",
    "staff",
    "staff_jobs",
]
