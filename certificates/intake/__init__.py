"""Certificates issued elsewhere: keyed by two persons, recognised, never ours."""
