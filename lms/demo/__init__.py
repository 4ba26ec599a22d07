"""A demonstration province: generated people, real services, the same every time."""

from lms.demo.loading import ACCOUNTS, PASSWORD, Context, is_loaded, load

__all__ = ["ACCOUNTS", "PASSWORD", "Context", "is_loaded", "load"]
