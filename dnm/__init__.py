"""The ground floor of DNM (tenancy, scope, events, jobs, web, API) and its wiring.

Importing the package makes the Celery application known, so that tasks bind to it everywhere.
"""

from dnm.celery import app as celery_app

__all__ = ["celery_app"]
