"""Loads the portal in the process that the racing ones are forked from."""

import django
from django.db import connections

django.setup()

from dnm.celery import app  # noqa: E402

app.loader.import_default_modules()
from tests.concurrency import moves  # noqa: E402, F401

assert all(connection.connection is None for connection in connections.all(initialized_only=True))
