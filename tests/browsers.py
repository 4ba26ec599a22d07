"""What Chromium is called on the machines we know; imported before any package is installed.

First the one without a head: it opens a session at a third of the cost, because it draws no window around the page.
"""

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
