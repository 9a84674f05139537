"""Telling the workers that something is due. A lost hint costs seconds, never the work."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

EXPIRES = 60
"""Seconds after which nobody needs the hint: beat has sent another one by then."""

log = structlog.get_logger(__name__)


def hint(network_id: int, delivery_id: int, queue: str) -> None:
    """Ask a worker to deliver now; log and go on when the broker does not answer."""
    try:
        current_app.send_task(
            "dnm.events.tasks.deliver",
            kwargs={"network_id": network_id, "delivery_id": delivery_id},
            queue=queue,
            expires=EXPIRES,
        )
    except (OperationalError, OSError) as error:
        log.warning("broker did not take a hint; beat will deliver", delivery=delivery_id, error=str(error))
