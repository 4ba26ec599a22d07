"""Every page on people and organisations, subject by subject."""

from lms.people.merging.routes import bp as merging
from lms.people.routes import bp as people

blueprints = (people, merging)
