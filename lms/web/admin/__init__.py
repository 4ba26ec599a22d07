"""Reference data under /admin: Flask-Admin under the platform's own rules.

A module offers its tables in ``admin.py``::

    class RoomView(SecureModelView):
        permission = "courses.manage"
        form_columns = ("name", "capacity")

    def views():
        return [RoomView(Room, name=_l("Rooms"))]
"""

from lms.web.admin.mount import init_admin
from lms.web.admin.views import AdminForm, SecureModelView

__all__ = ["AdminForm", "SecureModelView", "init_admin"]
