"""The Celery application: queues, delivery guarantees and the beat schedule.

The broker is a hint and the outbox the queue of record: everything here may be lost and is found again
by the ticks below within seconds.
"""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dnm.settings")

QUEUES = ("clocks", "routing", "default", "bulk", "mail")
"""Workers by queue: clocks are beat's ticks, which no burst of other work may hold up; routing is short and
urgent, bulk is long, mail may be slow.
"""

app = Celery("dnm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name) for name in QUEUES]
app.autodiscover_tasks()


@setup_logging.connect
def keep_logging(loglevel: int | None = None, **_options: Any) -> None:
    """The settings' logging stands, at the level of the command line.

    Celery's own would print our entries as Python sees them, and errors without their tracebacks.
    """
    if loglevel is not None:
        logging.getLogger().setLevel(loglevel)
