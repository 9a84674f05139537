"""What happens to the shape of the organisation: moves in the tree."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PartnerMoved(DomainEvent):
    """A partner, with everything below it, buys from another one now.

    From whom, to whom and why stand in the move itself (`move`, its uid): the new upstream reads this line
    too, and the old one is its rival.
    """

    kind: ClassVar[str] = "partners.partner_moved"
    title: ClassVar = _("Moved in the organisation")
    move: str


@dataclass(frozen=True, kw_only=True)
class PartnerMovePlanned(DomainEvent):
    """A move was ordered for a later day (`effective_on`, of the network's time zone)."""

    kind: ClassVar[str] = "partners.partner_move_planned"
    title: ClassVar = _("Move planned")
    internal: ClassVar[bool] = True
    move: str
    effective_on: str


@dataclass(frozen=True, kw_only=True)
class PartnerMoveDropped(DomainEvent):
    """A planned move will not happen: somebody called it off, or it was refused on its day (`why`)."""

    kind: ClassVar[str] = "partners.partner_move_dropped"
    title: ClassVar = _("Planned move dropped")
    internal: ClassVar[bool] = True
    move: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PartnerAuthorised(DomainEvent):
    """A partner may do an activity for a line (`line`: its code) in a territory (`territory`: its code, ""
    for everywhere) from `valid_from` on.
    """

    kind: ClassVar[str] = "partners.partner_authorised"
    title: ClassVar = _("Authorised")
    authorisation: str
    activity: str
    line: str
    territory: str
    valid_from: str


@dataclass(frozen=True, kw_only=True)
class AuthorisationEnded(DomainEvent):
    """An authorisation was given a last day, `valid_to`."""

    kind: ClassVar[str] = "partners.authorisation_ended"
    title: ClassVar = _("Authorisation ends")
    authorisation: str
    activity: str
    line: str
    territory: str
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class PartnerLinesChanged(DomainEvent):
    """The lines that a partner sells follow its authorisations: `lines` are their codes from now on."""

    kind: ClassVar[str] = "partners.partner_lines_changed"
    title: ClassVar = _("Product lines follow the authorisations")
    lines: list[str]
