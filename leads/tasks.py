"""Background entry points of leads: beat's ticks."""

from datetime import datetime

from dnm.jobs.background import tick
from leads.domain import clocks


@tick(name="leads.tasks.run_clocks", queue="clocks")
def run_clocks(network_id: int, now: datetime) -> None:
    """Lapse, remind, withdraw."""
    clocks.run_clocks(network_id, now)


@tick(name="leads.tasks.wake_waiting", queue="clocks")
def wake_waiting(network_id: int, now: datetime) -> None:
    """Offer waiting leads to slots that came free, and sweep up what got stuck."""
    clocks.wake_waiting(network_id, now)
