"""What the organisation does by the calendar: moves and authorisations."""

from datetime import datetime

from dnm.jobs.background import tick
from partners.domain.authorisations import follow_the_calendar
from partners.domain.moves import carry_out_due_moves, finish_left_moves


@tick(name="partners.tasks.organisation.keep_moves", queue="bulk")
def keep_moves(network_id: int, now: datetime) -> None:
    """Carry out planned moves whose day has come, and finish those that no job works on any more."""
    carry_out_due_moves(network_id=network_id, at=now)
    finish_left_moves(network_id=network_id)


@tick(name="partners.tasks.organisation.keep_lines", queue="bulk")
def keep_lines(network_id: int, now: datetime) -> None:
    """Let the partners' product lines follow the authorisations that began or ended."""
    follow_the_calendar(network_id=network_id, at=now)
