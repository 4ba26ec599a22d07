"""The entry of every web server: ``gunicorn wsgi:app``."""

import gc

from lms import config
from lms.app import create_app

config.serve_pages()
app = create_app()
# What the start made stays: the collector need not walk through all of it, a tenth of a second each time, while it serves.
gc.freeze()
