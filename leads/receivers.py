"""What follows from what happens to leads: screening and routing, waking, telling people."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from leads.domain import clocks
from leads.domain.policy import current_policy
from leads.events import (
    LeadCaptured,
    LeadReturned,
    LeadSentToDesk,
    OfferClosed,
    OfferDeclined,
    OfferLapsed,
    OfferMade,
    OfferReleased,
    OfferReminded,
    OfferWithdrawn,
)
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import DeskReason, OfferState
from partners.domain.access import holders_at, holders_over
from partners.events import NetworkFounded, PartnerStateChanged
from partners.events.documents import DocumentVerified
from partners.models import Partner

NEW_OFFER = NotificationKind(
    name="leads.offer_made",
    label=_("New lead offered"),
    title=_("New lead: {what}"),
    text=_("{distance} km away. Answer by {due:datetime}."),
    details=((_("Product line"), "{line}"), (_("Place"), "{place}"), (_("Message"), "{message}")),
    capability=OfferCapability.VIEW,
    email=True,
    urgent=True,
)
OFFER_REMINDER = NotificationKind(
    name="leads.offer_reminded",
    label=_("Reminder of an unanswered lead"),
    title=_("Lead still unanswered: {what}"),
    text=_("Half the time is over. Answer by {due:datetime}."),
    capability=OfferCapability.VIEW,
    email=True,
    urgent=True,
)
OFFER_LOST = NotificationKind(
    name="leads.offer_lapsed",
    label=_("Lead lapsed"),
    title=_("Lead lapsed: {what}"),
    text=_("Nobody answered in time, so it went on to the next partner."),
    capability=OfferCapability.VIEW,
)
ON_THE_DESK = NotificationKind(
    name="leads.lead_sent_to_desk",
    label=_("Lead on the desk"),
    title=_("A lead needs the desk: {what}"),
    text=_("{reason}"),
    words={"reason": dict(DeskReason.choices)},
    capability=LeadCapability.MANAGE_DESK,
    email=True,
)


def register() -> None:
    """Called when the app starts."""
    for kind in (NEW_OFFER, OFFER_REMINDER, OFFER_LOST, ON_THE_DESK):
        register_kind(kind)
    register_subject(Offer, url=lambda offer: reverse("leads:offer", args=[offer.uid]))
    register_subject(Lead, url=lambda lead: reverse("leads:detail", args=[lead.uid]))


@receives(LeadCaptured, LeadReturned, name="leads.route", queue="routing")
def route(event: Event) -> None:
    """Screen a new lead and route whatever needs a partner."""
    clocks.process_lead(
        lead_id=event.subject_id,
        actor=Actor.system("router", event.network_id),
        at=timezone.now(),
    )


@receives(
    OfferClosed, OfferDeclined, OfferLapsed, OfferReleased, OfferWithdrawn, name="leads.wake", queue="routing"
)
def wake(event: Event) -> None:
    """A slot came free: try the leads that wait within the partner's reach."""
    clocks.wake_near(event.network_id, _offer(event).partner, timezone.now())


@receives(DocumentVerified, name="leads.wake_unblocked", queue="routing")
def wake_unblocked(event: Event) -> None:
    """A partner may take leads again: try those that wait within its reach."""
    partner = Partner.objects.live().filter(pk__in=[event.anchor_id]).first()
    if partner is not None:
        clocks.wake_near(event.network_id, partner, timezone.now())


@receives(PartnerStateChanged, name="leads.withdraw_from_gone")
def withdraw_from_gone(event: Event) -> None:
    """A partner that is not live keeps neither unanswered offers nor leads that it has not begun."""
    clocks.withdraw_from_gone_partners(event.network_id, timezone.now(), partner_id=event.subject_id)


@receives(NetworkFounded, name="leads.first_policy")
def first_policy(event: Event) -> None:
    """A new network has routing rules from its first day: the administrator finds and changes them."""
    current_policy(event.network_id)


@receives(OfferMade, name="leads.alert")
def alert(event: Event) -> None:
    """Tell the partner's people that a lead waits for their answer."""
    _tell_partner(event, NEW_OFFER)


@receives(OfferReminded, name="leads.remind")
def remind(event: Event) -> None:
    """Half the clock has run."""
    _tell_partner(event, OFFER_REMINDER)


@receives(OfferLapsed, name="leads.tell_lapsed")
def tell_lapsed(event: Event) -> None:
    """The lead went on."""
    offer = _offer(event)
    members = holders_at(offer, OfferCapability.ANSWER, at=timezone.now())
    notify(kind=OFFER_LOST, recipients=members, subject=offer, facts={"what": offer.title}, event=event)


@receives(LeadSentToDesk, name="leads.tell_desk")
def tell_desk(event: Event) -> None:
    """Tell those who answer for the territory."""
    lead = Lead.objects.select_related("territory", "product_line").get(pk=event.subject_id)
    members = holders_over(lead, LeadCapability.MANAGE_DESK, at=timezone.now())
    facts = {"what": lead.title, "reason": event.payload.get("reason", "")}
    notify(kind=ON_THE_DESK, recipients=members, subject=lead, facts=facts, event=event)


def _tell_partner(event: Event, kind: NotificationKind) -> None:
    offer = _offer(event)
    if offer.state != OfferState.PENDING:
        return
    facts = {
        "what": offer.title,
        "distance": None if offer.distance_km is None else round(offer.distance_km, 1),
        "due": offer.due_at.isoformat(),
        "line": str(offer.product_line or ""),
        "place": " ".join(filter(None, [offer.place, offer.postal_code])),
        "message": offer.message,
    }
    known = kind.fact_names()
    notify(
        kind=kind,
        recipients=holders_at(offer, OfferCapability.ANSWER, at=timezone.now()),
        subject=offer,
        facts={name: value for name, value in facts.items() if name in known},
        event=event,
    )


def _offer(event: Event) -> Offer:
    return Offer.objects.select_related("partner", "product_line").get(pk=event.subject_id)
