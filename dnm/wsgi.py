"""WSGI entry point: the portal's pages and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dnm.settings")
application = get_wsgi_application()
