"""What happens to invitations. No address of anybody stands in them."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PersonInvited(DomainEvent):
    """A person was asked to join the network at a partner."""

    kind: ClassVar[str] = "partners.person_invited"
    title: ClassVar = _("Invited")
    role: str


@dataclass(frozen=True, kw_only=True)
class InvitationSentAgain(DomainEvent):
    """Another mail with another link: the former link is dead as soon as it is sent."""

    kind: ClassVar[str] = "partners.invitation_sent_again"
    title: ClassVar = _("Invitation sent again")


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(DomainEvent):
    """The invitation was taken back."""

    kind: ClassVar[str] = "partners.invitation_revoked"
    title: ClassVar = _("Invitation revoked")


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(DomainEvent):
    """The invited person is a member now; `member` is the membership's uid."""

    kind: ClassVar[str] = "partners.invitation_accepted"
    title: ClassVar = _("Invitation accepted")
    role: str
    member: str
