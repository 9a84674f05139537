"""Answering offers: accept, decline; and what the clock and the network do to them: lapse, remind,
withdraw.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import without_contact
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from leads.domain.slots import free_slot
from leads.events import (
    LeadAccepted,
    LeadReturned,
    OfferAccepted,
    OfferDeclined,
    OfferLapsed,
    OfferReminded,
    OfferWithdrawn,
)
from leads.models import Lead, Offer
from leads.permissions import OfferCapability
from leads.states import DeclineReason, OfferState
from partners.states import PartnerState


@transaction.atomic
def accept_offer(*, offer: Offer, actor: Actor, at: datetime) -> Lead:
    """Take the lead: the offer's partner owns it from now on, and its people see the contact data.

    Raises `NotAllowed`, and `Conflict` when the clock has run out or somebody answered already.
    """
    offer = _locked(offer)
    authorise(actor, OfferCapability.ANSWER, offer)
    if offer.state == OfferState.PENDING and offer.due_at <= at:
        raise Conflict(_("The time to answer is over; the lead goes to somebody else."), code="offer-lapsed")
    if offer.partner.state != PartnerState.LIVE:
        raise Conflict(_("Your organisation takes no new leads at present."), code="partner-not-live")
    advance(
        offer,
        "accept",
        actor=actor,
        at=at,
        event=OfferAccepted(),
        changes={"answered_at": at, "remind_at": None},
    )
    lead = offer.lead
    advance(
        lead,
        "accept",
        actor=actor,
        at=at,
        event=LeadAccepted(offer=str(offer.uid)),
        changes={"partner": offer.partner, "accepted_at": at},
        authorised=True,
    )
    lead.refresh_from_db()
    return lead


@transaction.atomic
def decline_offer(*, offer: Offer, reason: str, actor: Actor, at: datetime, note: str = "") -> Offer:
    """Say no, with one of `DeclineReason`; the lead goes on to the next."""
    if reason not in DeclineReason.values:
        raise Invalid(fields={"reason": _("Choose why.")})
    offer = _locked(offer)
    changes = {
        "answered_at": at,
        "remind_at": None,
        "decline_reason": reason,
        "decline_note": without_contact(note, name=offer.lead.name)[:250],
    }
    advance(offer, "decline", actor=actor, at=at, event=OfferDeclined(), reason=reason, changes=changes)
    _return_lead(offer, "declined", actor=actor, at=at)
    return offer


@transaction.atomic
def lapse_offer(*, offer: Offer, actor: Actor, at: datetime) -> Offer:
    """The clock has run out: the lead goes on. Only the system does this. `Conflict` if it is not due."""
    offer = _locked(offer)
    if offer.due_at > at:
        raise Conflict(_("The time to answer is not over yet."), code="not-due")
    advance(offer, "lapse", actor=actor, at=at, event=OfferLapsed(), changes={"remind_at": None})
    _return_lead(offer, "lapsed", actor=actor, at=at)
    return offer


@transaction.atomic
def withdraw_offer(*, offer: Offer, reason: str, actor: Actor, at: datetime) -> Offer:
    """The network takes an unanswered offer back; the lead is routed again."""
    offer = _locked(offer)
    advance(
        offer,
        "withdraw",
        actor=actor,
        at=at,
        event=OfferWithdrawn(),
        reason=reason,
        changes={"remind_at": None},
    )
    _return_lead(offer, "withdrawn", actor=actor, at=at)
    return offer


@transaction.atomic
def remind_of_offer(*, offer: Offer, actor: Actor, at: datetime) -> None:
    """Half the clock has run: remind once."""
    due = Offer.objects.filter(pk=offer.pk, state=OfferState.PENDING, remind_at__lte=at).update(
        remind_at=None
    )
    if due:
        publish(OfferReminded(), subject=offer, actor=actor, at=at)


def _locked(offer: Offer) -> Offer:
    """The offer as it is now. Its lead is locked first and the offer second, as by every verb of either."""
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=offer.lead_id)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("partner").get(pk=offer.pk)
    offer.lead = lead
    return offer


def _return_lead(offer: Offer, cause: str, *, actor: Actor, at: datetime) -> None:
    free_slot(offer.partner_id)
    event = LeadReturned(cause=cause)
    advance(offer.lead, "return_to_routing", actor=actor, at=at, event=event, authorised=True)
