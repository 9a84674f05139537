"""Background entry points."""

from datetime import datetime

from dnm.jobs.background import tick
from dnm.notifications.mails import send_due


@tick(name="dnm.notifications.tasks.send_mails", queue="mail")
def send_mails(network_id: int, now: datetime) -> None:
    """Send what is due by mail in one network."""
    send_due(network_id, now)
