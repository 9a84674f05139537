"""The Celery application: queues, delivery guarantees and the beat schedule.

The broker is a hint and the outbox the queue of record: everything here may be lost and is found again
by the ticks below within seconds.
"""

import os

from celery import Celery
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
