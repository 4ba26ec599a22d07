"""Fixtures of the whole suite: the platform's own test kit, and factories for courses."""

from hypothesis import settings

# A busy machine is no error; what hypothesis tries is the same every time on the same code.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

pytest_plugins = ["lms.testing", "courses.testing", "tests.browser"]
