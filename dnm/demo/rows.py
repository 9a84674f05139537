"""The plan's rows: a lead and its offers, before anything knows of tables.

Times are seconds since 1970 (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class PlannedOffer:
    """One proposal of a lead to one partner.

    `answered` is None while it is pending; `ended` is the moment when an accepted offer was released again
    or closed with its lead.
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


@dataclass(slots=True)
class PlannedLead:
    """One lead with everything that happened to it.

    `person` numbers the prospect, who may ask twice; `place` and `partner` are indexes of the plan, `line`
    and `source` those of the brand.
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
    accepted: int | None = None
    contacted: int | None = None
    qualified: int | None = None
    quoted: int | None = None
    closed: int | None = None
    offers: list[PlannedOffer] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """The moment of the last thing that happened to it."""
        moments = [self.created, self.accepted, self.contacted, self.qualified, self.quoted, self.closed]
        for offer in self.offers[-1:]:
            moments += [offer.offered, offer.answered, offer.ended]
        return max(moment for moment in moments if moment is not None)
