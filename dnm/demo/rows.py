"""The plan's rows: a lead and its offers, before anything knows of tables.

Times are seconds since 1970 (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Considered(NamedTuple):
    """A partner that routing looked at, and the rule that ruled it out ("" for the chosen one)."""

    partner: int
    kilometres: float
    open: int
    ruled_out: str


@dataclass(slots=True)
class PlannedOffer:
    """One proposal of a lead to one partner.

    `answered` is None while it is pending; of a lapsed one it is the moment at which the clock ran out.
    `ended` is the moment when an accepted offer was released again or closed with its lead.
    """

    hop: int
    partner: int
    state: str
    offered: int
    due: int
    answered: int | None
    reason: str
    kilometres: float
    ended: int | None = None
    by_hand: bool = False
    considered: list[Considered] = field(default_factory=list)
    id: int = 0
    uid: str = ""


@dataclass(slots=True)
class PlannedLead:
    """One lead with everything that happened to it.

    `person` numbers the prospect, who may ask twice; `place` and `partner` are indexes of the plan, `line`
    and `source` those of the brand. `reason` is why it is invalid, lost or on the desk.
    """

    number: int
    person: int
    created: int
    place: int
    line: int
    source: int
    state: str = "new"
    reason: str = ""
    competitor: str = ""
    duplicate_of: int | None = None
    partner: int | None = None
    queued: int | None = None
    accepted: int | None = None
    contacted: int | None = None
    qualified: int | None = None
    quoted: int | None = None
    closed: int | None = None
    offers: list[PlannedOffer] = field(default_factory=list)
    considered: list[Considered] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """The moment at which it came into its present state."""
        if self.state in {"desk", "waiting"}:
            return self.queued or self.created
        if self.state == "offered":
            return self.offers[-1].offered
        return self.closed or self.quoted or self.qualified or self.contacted or self.accepted or self.created
