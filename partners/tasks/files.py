"""The folder of uploads is kept tidy."""

from datetime import datetime

from dnm.accounts.tenancy import network_context
from dnm.jobs.background import tick
from partners.domain.files import sweep_files as sweep


@tick(name="partners.tasks.sweep_files")
def sweep_files(network_id: int, now: datetime) -> None:
    """Delete contents that no row names."""
    with network_context(network_id):
        sweep(network_id, now)
