"""The kernel: it knows plugins, people and access; it knows no course and no certificate."""

__version__ = "0.1.0"

#: Version of the plugin contract; raised only for a change that breaks plugins.
API = 1
