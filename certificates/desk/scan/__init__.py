"""Codes on scans: files in, the texts of all QR codes of all pages out, in a process of its own with limits.

`python -m certificates.desk.scan` is the child: what it is given may be anything, so it has no database, no secrets to
speak of, little memory and little time. Nothing here imports the platform.
"""
