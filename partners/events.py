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
