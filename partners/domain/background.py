"""How the background work of a network stands, for people who may not see its data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState
from dnm.jobs.models import Job, JobState
from dnm.scoping.pages import capped_count

SHOWN = 50


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One delivery or job: what the code calls it, how often it was tried, the kind of its last error.

    No titles and no error messages: those may name people and places of the network.
    """

    name: str
    state: str
    attempts: int
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Background:
    """`waiting` deliveries, those that `failed` for good, and the newest `jobs` that are not done."""

    waiting: int
    failed_count: int
    failed: list[WorkItem]
    jobs: list[WorkItem]


def background_of(network: Network) -> Background:
    """Read the outbox and the jobs of one network, in its own context."""
    with network_context(network):
        dead = Delivery.objects.filter(state=DeliveryState.DEAD)
        jobs = Job.objects.exclude(state=JobState.DONE).order_by("-created_at")[:SHOWN]
        return Background(
            waiting=capped_count(Delivery.objects.filter(state=DeliveryState.PENDING)),
            failed_count=capped_count(dead),
            failed=[_item(row, row.receiver, row.due_at) for row in dead.order_by("-id")[:SHOWN]],
            jobs=[_item(row, row.kind, row.created_at) for row in jobs],
        )


def _item(row: Any, name: str, at: datetime) -> WorkItem:
    kind = row.error.partition(":")[0]
    return WorkItem(
        name=name,
        state=str(row.get_state_display()),
        attempts=row.attempts,
        error=kind if kind.isidentifier() else "",
        at=at,
    )
