"""The decorators that background entry points carry: network, queue, delivery guarantees."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context

log = structlog.get_logger(__name__)
Tick = Callable[[int, datetime], Any]
_QUEUES: dict[str, str] = {}


def queue_of(name: str, *_args: Any, **_options: Any) -> dict[str, str] | None:
    """The queue that the decorator of the task named; Celery asks here for each (`CELERY_TASK_ROUTES`)."""
    return {"queue": _QUEUES[name]} if name in _QUEUES else None


def background_task(*, name: str, queue: str = "default") -> Callable[[Callable[..., Any]], Any]:
    """A task that enters its networks by itself: the outbox, jobs, signs of life."""
    _QUEUES[name] = queue
    return shared_task(name=name)  # type: ignore[no-any-return]


def network_task(*, name: str, queue: str = "default") -> Callable[[Callable[..., Any]], Any]:
    """A task that runs in exactly one network, named by its keyword `network_id`, in one transaction.

    Without a network it fails before it touches the database. Late acknowledgement and redelivery after a
    worker's death come from the settings, so the task must be safe to run twice.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @background_task(name=name, queue=queue)
        @wraps(function)
        def task(*, network_id: int, **kwargs: Any) -> None:
            with network_context(network_id):
                function(**kwargs)

        return task

    return decorate


def tick(*, name: str, queue: str = "default") -> Callable[[Tick], Any]:
    """A periodic task of beat: `function(network_id, now)` for every active network, each on its own.

    A network that fails is logged and does not stop the others. The function opens its own transactions.
    """

    def decorate(function: Tick) -> Any:
        @background_task(name=name, queue=queue)
        @wraps(function)
        def task() -> None:
            for network_id in (
                Network.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
            ):
                try:
                    function(network_id, timezone.now())
                except Exception:
                    log.exception("tick failed", task=name, network=network_id)

        return task

    return decorate
