"""The night's work on tiers."""

from datetime import datetime

from dnm.jobs.background import tick
from partners.domain.tiers import projecting


@tick(name="partners.tasks.project_tiers", queue="bulk")
def project_tiers(network_id: int, now: datetime) -> None:
    """Project the standings of one network once a night, and hold the reviews that are due."""
    projecting.run_night(network_id, now)
