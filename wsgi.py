"""The entry of every web server: ``gunicorn wsgi:app``."""

from lms.app import create_app

app = create_app()
