"""Every page on people and organisations, subject by subject."""

from lms.people.merging.routes import bp as merging
from lms.people.privacy.routes import bp as privacy
from lms.people.routes import bp as people
from lms.people.staff.routes import bp as staff
from lms.people.successors.routes import bp as successors

blueprints = (people, merging, successors, privacy, staff)
