"""Who may have a lead by authorisation and papers: the line and the place, nobody against an exclusive right,
nobody to whom the gate for leads is closed.

Asked once a lead and once a batch of candidates, never once a candidate.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from leads.models import Lead
from partners.domain.authorisations import exclusive_seller, rights_to_sell
from partners.domain.gates import blocked_among
from partners.models import Partner
from partners.states.documents import Gate

Rights = Mapping[int, list[tuple[int, int | None]]]


@dataclass(slots=True)
class Eligibility:
    """What authorisations and gates say about one lead on a day (of the network's time zone).

    A partner that was never authorised sells its lines everywhere: `Partner.product_line_ids` alone decides.
    """

    lead: Lead
    day: date
    exclusive: int | None = None
    _rights: dict[int, list[tuple[int, int | None]]] = field(default_factory=dict)
    _blocked: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.lead.product_line_id is not None:
            self.exclusive = exclusive_seller(
                line_id=self.lead.product_line_id, territory_ids=self.places(), day=self.day
            )

    def places(self) -> list[int]:
        """The lead's territory and those above it."""
        levels = range(1, settings.TREE_LEVELS + 1)
        return [pk for level in levels if (pk := getattr(self.lead, f"territory_{level}")) is not None]

    def look_at(self, partner_ids: Collection[int]) -> None:
        """Read the rights of a batch of candidates, and to whom of them the gate is closed."""
        self._rights |= rights_to_sell(partner_ids, day=self.day)
        self._blocked |= blocked_among(partner_ids, Gate.LEADS, self.day)

    def is_blocked(self, partner: Partner) -> bool:
        """Whether the gate for leads is closed to the partner (`partners.domain.gates`)."""
        return partner.pk in self._blocked

    def is_authorised(self, partner: Partner) -> bool:
        """Whether the partner may sell the lead's line (or any, when the lead names none) at its place."""
        rights = self._rights.get(partner.pk)
        if rights is None:
            return True
        places, line = set(self.places()), self.lead.product_line_id
        return any(line in (None, sold) and (where is None or where in places) for sold, where in rights)

    def is_barred(self, partner: Partner) -> bool:
        """Whether another partner has the exclusive right, of which this one is no part."""
        if self.exclusive is None:
            return False
        return str(self.exclusive) not in str(partner.path).split(".")
