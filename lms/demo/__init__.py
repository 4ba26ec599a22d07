"""A demonstration province: generated people, real services, the same every time."""

from lms.demo.loading import ACCOUNTS, PASSWORD, SIGN_INS, Context, is_loaded, load

__all__ = ["ACCOUNTS", "PASSWORD", "SIGN_INS", "Context", "is_loaded", "load"]
