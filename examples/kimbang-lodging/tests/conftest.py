"""The platform's test kit, nothing else."""

pytest_plugins = ["lms.testing", "courses.testing"]
