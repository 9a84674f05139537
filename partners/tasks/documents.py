"""The calendar of compliance documents."""

from datetime import datetime

from dnm.jobs.background import tick
from partners.domain.document_clock import run_document_clock


@tick(name="partners.tasks.watch_documents")
def watch_documents(network_id: int, now: datetime) -> None:
    """Ask, expire, warn, remind."""
    run_document_clock(network_id, now)
