"""What happens to the organisation."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PartnerAdded(DomainEvent):
    """A partner was entered."""

    kind: ClassVar[str] = "partners.partner_added"
    title: ClassVar = _("Partner added")
    code: str


@dataclass(frozen=True, kw_only=True)
class PartnerChanged(DomainEvent):
    """Facts of a partner were changed; `fields` are their names (values are in the history)."""

    kind: ClassVar[str] = "partners.partner_changed"
    title: ClassVar = _("Facts changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PartnerStateChanged(DomainEvent):
    """A partner moved along its life; the transition's name, and from and to in the details."""

    kind: ClassVar[str] = "partners.partner_state_changed"
    title: ClassVar = _("State changed")
    transition: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(DomainEvent):
    """A member got a role at a node. `member` is the membership's uid."""

    kind: ClassVar[str] = "partners.role_granted"
    title: ClassVar = _("Role granted")
    internal: ClassVar[bool] = True
    role: str
    member: str


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(DomainEvent):
    """A member lost a role at a node."""

    kind: ClassVar[str] = "partners.role_revoked"
    title: ClassVar = _("Role revoked")
    internal: ClassVar[bool] = True
    role: str
    member: str


@dataclass(frozen=True, kw_only=True)
class MemberAdded(DomainEvent):
    """A person became a member of the network."""

    kind: ClassVar[str] = "partners.member_added"
    title: ClassVar = _("Member added")


@dataclass(frozen=True, kw_only=True)
class MemberLocked(DomainEvent):
    """A member was shut out; sessions, tokens and streams end with the next request."""

    kind: ClassVar[str] = "partners.member_locked"
    title: ClassVar = _("Member locked")


@dataclass(frozen=True, kw_only=True)
class MemberUnlocked(DomainEvent):
    """A locked member may log in again."""

    kind: ClassVar[str] = "partners.member_unlocked"
    title: ClassVar = _("Member unlocked")


@dataclass(frozen=True, kw_only=True)
class MemberChanged(DomainEvent):
    """Facts of a membership were changed; `fields` are their names. The login is the person's own."""

    kind: ClassVar[str] = "partners.member_changed"
    title: ClassVar = _("Card changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(DomainEvent):
    """A member left the network: roles and tokens are gone, the login is not touched."""

    kind: ClassVar[str] = "partners.member_removed"
    title: ClassVar = _("Member removed")


@dataclass(frozen=True, kw_only=True)
class MemberReturned(DomainEvent):
    """Somebody who had been removed came back by an invitation."""

    kind: ClassVar[str] = "partners.member_returned"
    title: ClassVar = _("Member came back")


@dataclass(frozen=True, kw_only=True)
class TerritoryAdded(DomainEvent):
    """A territory was entered."""

    kind: ClassVar[str] = "partners.territory_added"
    title: ClassVar = _("Territory added")


@dataclass(frozen=True, kw_only=True)
class TerritoryChanged(DomainEvent):
    """Facts of a territory were changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.territory_changed"
    title: ClassVar = _("Territory changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PostalAreaAdded(DomainEvent):
    """A postal code was entered."""

    kind: ClassVar[str] = "partners.postal_area_added"
    title: ClassVar = _("Postal area added")
    code: str


@dataclass(frozen=True, kw_only=True)
class PostalAreaChanged(DomainEvent):
    """Facts of a postal area were changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.postal_area_changed"
    title: ClassVar = _("Postal area changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class ProductLineAdded(DomainEvent):
    """The network sells another product line."""

    kind: ClassVar[str] = "partners.product_line_added"
    title: ClassVar = _("Product line added")
    internal: ClassVar[bool] = True
    code: str


@dataclass(frozen=True, kw_only=True)
class ProductLineChanged(DomainEvent):
    """A product line was renamed."""

    kind: ClassVar[str] = "partners.product_line_changed"
    title: ClassVar = _("Product line changed")
    internal: ClassVar[bool] = True
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CalendarAdded(DomainEvent):
    """A business calendar was entered."""

    kind: ClassVar[str] = "partners.calendar_added"
    title: ClassVar = _("Business calendar added")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(DomainEvent):
    """Opening hours, holidays or time zone of a calendar changed: clocks started from now on use it."""

    kind: ClassVar[str] = "partners.calendar_changed"
    title: ClassVar = _("Business calendar changed")
    internal: ClassVar[bool] = True
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class NetworkFounded(DomainEvent):
    """The network began, by a platform operator."""

    kind: ClassVar[str] = "partners.network_founded"
    title: ClassVar = _("Network founded")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class NetworkChanged(DomainEvent):
    """Settings of the network were changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.network_changed"
    title: ClassVar = _("Network settings changed")
    internal: ClassVar[bool] = True
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class OperatorLookedIn(DomainEvent):
    """A platform operator looked at the state of the network's background work."""

    kind: ClassVar[str] = "partners.operator_looked_in"
    title: ClassVar = _("A platform operator looked at background work")
    internal: ClassVar[bool] = True
