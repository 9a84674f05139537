"""Background entry points."""

from datetime import datetime

from dnm.jobs.background import tick
from dnm.metrics import rolling


@tick(name="dnm.metrics.tasks.roll_up", queue="bulk")
def roll_up(network_id: int, now: datetime) -> None:
    """Bring the figures of one network up to date."""
    rolling.roll_up(network_id, now)
