"""What one may do with the log and the outbox. Which roles may is said upstairs."""

from enum import StrEnum


class EventCapability(StrEnum):
    """Both only over the whole network: the log knows no territory."""

    VIEW = "events.view_log"
    RETRY = "events.retry_delivery"
