"""Readers of publications by the calendar: told on, and reminded."""

from datetime import datetime

from dnm.jobs.background import tick
from partners.domain.content import telling


@tick(name="partners.tasks.tell_audiences", queue="bulk")
def tell_audiences(network_id: int, now: datetime) -> None:
    """Go on telling the readers of what was published."""
    telling.tell_audiences(network_id, now)


@tick(name="partners.tasks.remind_readers", queue="bulk")
def remind_readers(network_id: int, now: datetime) -> None:
    """Remind those who have not acknowledged what they must."""
    telling.remind_readers(network_id, now)
