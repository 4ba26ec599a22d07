"""The entry of every web server: ``gunicorn wsgi:app``."""

from lms import config
from lms.app import create_app

config.serve_pages()
app = create_app()
