"""What happens to leads and offers. No event holds a customer's contact data."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class LeadCaptured(DomainEvent):
    """A prospect's need came in and is safe. `suspicion` names a spam signal, if any."""

    kind: ClassVar[str] = "leads.lead_captured"
    title: ClassVar = _("Lead came in")
    source: str
    suspicion: str = ""


@dataclass(frozen=True, kw_only=True)
class LeadScreened(DomainEvent):
    """The lead was found valid, a duplicate or invalid: to in the details."""

    kind: ClassVar[str] = "leads.lead_screened"
    title: ClassVar = _("Checked")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LeadOffered(DomainEvent):
    """The lead was offered to a partner (`partner` is its uid)."""

    kind: ClassVar[str] = "leads.lead_offered"
    title: ClassVar = _("Offered to a partner")
    internal: ClassVar[bool] = True
    partner: str
    offer: str
    step: int


@dataclass(frozen=True, kw_only=True)
class LeadHeld(DomainEvent):
    """Everybody who could take the lead is full; it waits for a slot."""

    kind: ClassVar[str] = "leads.lead_held"
    title: ClassVar = _("Waiting for a free partner")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LeadSentToDesk(DomainEvent):
    """Nobody can take the lead; people of the network must look."""

    kind: ClassVar[str] = "leads.lead_sent_to_desk"
    title: ClassVar = _("Sent to the desk")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class LeadReturned(DomainEvent):
    """The lead needs a partner again: declined, lapsed, withdrawn, recycled, woken or routed again by
    hand.
    """

    kind: ClassVar[str] = "leads.lead_returned"
    title: ClassVar = _("Back to routing")
    internal: ClassVar[bool] = True
    cause: str


@dataclass(frozen=True, kw_only=True)
class LeadAccepted(DomainEvent):
    """A partner took the lead and owns it now."""

    kind: ClassVar[str] = "leads.lead_accepted"
    title: ClassVar = _("Accepted")
    offer: str


@dataclass(frozen=True, kw_only=True)
class LeadWorked(DomainEvent):
    """The owner moved the lead on; the transition's name, from and to in the details."""

    kind: ClassVar[str] = "leads.lead_worked"
    title: ClassVar = _("Moved on")
    transition: str


@dataclass(frozen=True, kw_only=True)
class LeadRejected(DomainEvent):
    """People of the network found the lead invalid."""

    kind: ClassVar[str] = "leads.lead_rejected"
    title: ClassVar = _("Marked as invalid")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class OfferMade(DomainEvent):
    """A partner was offered a lead and its clock runs until `due_at` (ISO 8601)."""

    kind: ClassVar[str] = "leads.offer_made"
    title: ClassVar = _("Offered")
    due_at: str


@dataclass(frozen=True, kw_only=True)
class OfferReminded(DomainEvent):
    """Half of an offer's clock has run without an answer."""

    kind: ClassVar[str] = "leads.offer_reminded"
    title: ClassVar = _("Reminded")


@dataclass(frozen=True, kw_only=True)
class OfferAccepted(DomainEvent):
    """The partner accepted."""

    kind: ClassVar[str] = "leads.offer_accepted"
    title: ClassVar = _("Accepted")


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(DomainEvent):
    """The partner declined; the reason's code in the details."""

    kind: ClassVar[str] = "leads.offer_declined"
    title: ClassVar = _("Declined")


@dataclass(frozen=True, kw_only=True)
class OfferLapsed(DomainEvent):
    """The clock ran out."""

    kind: ClassVar[str] = "leads.offer_lapsed"
    title: ClassVar = _("Lapsed")


@dataclass(frozen=True, kw_only=True)
class OfferWithdrawn(DomainEvent):
    """The network took the offer back."""

    kind: ClassVar[str] = "leads.offer_withdrawn"
    title: ClassVar = _("Withdrawn")


@dataclass(frozen=True, kw_only=True)
class OfferReleased(DomainEvent):
    """The partner no longer owns the lead."""

    kind: ClassVar[str] = "leads.offer_released"
    title: ClassVar = _("Released")


@dataclass(frozen=True, kw_only=True)
class OfferClosed(DomainEvent):
    """The lead came to its end with this partner; the slot is free."""

    kind: ClassVar[str] = "leads.offer_closed"
    title: ClassVar = _("Closed")


@dataclass(frozen=True, kw_only=True)
class RoutingPolicyPublished(DomainEvent):
    """A new version of the routing policy is in force."""

    kind: ClassVar[str] = "leads.routing_policy_published"
    title: ClassVar = _("Routing policy changed")
    internal: ClassVar[bool] = True
    version: int
