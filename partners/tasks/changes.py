"""The clock of change requests."""

from datetime import datetime

from dnm.jobs.background import tick
from partners.domain.changes import effects


@tick(name="partners.tasks.take_due_changes")
def take_due_changes(network_id: int, now: datetime) -> None:
    """Put into effect what is due in one network."""
    effects.take_due_changes(network_id, now)
