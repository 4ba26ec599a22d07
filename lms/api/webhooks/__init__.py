"""Addresses of other systems that hear of facts: signed, tried again, seen."""
