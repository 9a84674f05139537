"""Telling the workers that something is due. A lost hint costs seconds, never the work."""

import time

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

EXPIRES = 60
"""Seconds after which nobody needs the hint: beat has sent another one by then."""
QUIET_SECONDS = 2.0
"""After a failure nothing is tried for so long: a dead broker must not slow every commit."""

log = structlog.get_logger(__name__)


class Quiet:
    """Until when this process leaves the broker alone."""

    until = 0.0


def hint(network_id: int, delivery_id: int, queue: str) -> None:
    """Ask a worker to deliver now; should the broker not take it, beat asks again."""
    send("dnm.events.tasks.deliver", queue=queue, network_id=network_id, delivery_id=delivery_id)


def send(task: str, *, queue: str, **arguments: int) -> None:
    """Hand a task to the broker, if it is there; log and go on when it does not answer."""
    if time.monotonic() < Quiet.until:
        return
    try:
        current_app.send_task(task, kwargs=arguments, queue=queue, expires=EXPIRES)
    except (OperationalError, OSError) as error:
        Quiet.until = time.monotonic() + QUIET_SECONDS
        log.warning(
            "broker did not take a hint; beat will repeat it", task=task, error=str(error), **arguments
        )
