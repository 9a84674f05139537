"""Background entry points of the API's frame."""

from datetime import datetime

from dnm.accounts.tenancy import network_context
from dnm.api.idempotency import purge_idempotency_keys
from dnm.jobs.background import tick


@tick(name="dnm.api.tasks.forget_old_keys")
def forget_old_keys(network_id: int, now: datetime) -> None:
    """Answers that nobody will ask for again."""
    with network_context(network_id):
        purge_idempotency_keys(at=now)
