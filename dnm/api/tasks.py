"""Periodic work of the API."""

from datetime import datetime

from dnm.accounts.tenancy import network_context
from dnm.api.idempotency import purge_idempotency_keys
from dnm.jobs.background import tick


@tick(name="dnm.api.tasks.purge_keys")
def purge_keys(network_id: int, at: datetime) -> None:
    """Forget idempotency keys after their 48 hours."""
    with network_context(network_id):
        purge_idempotency_keys(at=at)
