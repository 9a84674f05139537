"""What the owner of a lead does with it, up to won, lost or given back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import without_contact
from dnm.events.kinds import DomainEvent
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from leads.domain.slots import free_slot
from leads.events import LeadReturned, LeadWorked, OfferClosed, OfferReleased
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState


@transaction.atomic
def log_contact(*, lead: Lead, proof: str, actor: Actor, at: datetime) -> Lead:
    """The first contact, with what was done (call, mail, visit) as the proof."""
    if not proof.strip():
        raise Invalid(fields={"proof": _("Say how the customer was reached.")})
    return _work(lead, "contact", actor, at, reason=proof, changes={"first_contact_at": at})


@transaction.atomic
def qualify_lead(*, lead: Lead, actor: Actor, at: datetime) -> Lead:
    """The need, the budget and the time are real."""
    return _work(lead, "qualify", actor, at)


@transaction.atomic
def quote_lead(*, lead: Lead, actor: Actor, at: datetime) -> Lead:
    """The customer has a quote."""
    return _work(lead, "quote", actor, at)


@transaction.atomic
def win_lead(*, lead: Lead, proof_of_sale: str, actor: Actor, at: datetime) -> Lead:
    """Sold; `proof_of_sale` is the order's or the unit's number."""
    if not proof_of_sale.strip():
        raise Invalid(fields={"proof_of_sale": _("Give the order or the serial number.")})
    lead = _work(
        lead, "win", actor, at, changes={"proof_of_sale": proof_of_sale.strip()[:80], "closed_at": at}
    )
    _end_offer(lead, "close", OfferClosed(), actor, at)
    return lead


@transaction.atomic
def lose_lead(*, lead: Lead, reason: str, actor: Actor, at: datetime, competitor: str = "") -> Lead:
    """Not sold, and why; the competitor if there was one."""
    changes = {
        "lost_reason": without_contact(reason.strip(), name=lead.name)[:250],
        "competitor": without_contact(competitor.strip(), name=lead.name)[:120],
        "closed_at": at,
    }
    lead = _work(lead, "lose", actor, at, reason=reason, changes=changes)
    _end_offer(lead, "close", OfferClosed(), actor, at)
    return lead


@transaction.atomic
def recycle_lead(*, lead: Lead, reason: str, actor: Actor, at: datetime) -> Lead:
    """Give an owned or lost lead back: it loses its owner and is routed again, not to the same partner."""
    _check_reason(reason)
    return _give_back(lead, "recycled", reason, actor, at)


@transaction.atomic
def release_lead(*, lead: Lead, cause: str, actor: Actor, at: datetime) -> Lead:
    """Take an accepted lead away from a partner that cannot call any more; it is routed again.

    What has begun stays: `Conflict` once the customer was contacted.
    """
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if lead.state != LeadState.ACCEPTED:
        raise Conflict(_("The customer was contacted already."), code="state-changed")
    return _give_back(lead, "released", cause, actor, at)


def _give_back(lead: Lead, cause: str, reason: str, actor: Actor, at: datetime) -> Lead:
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    event = LeadReturned(cause=cause)
    changes = {
        "partner": None,
        "accepted_at": None,
        "first_contact_at": None,
        "closed_at": None,
        "lost_reason": "",
        "competitor": "",
        "rerouted_at": at,
    }
    told = without_contact(reason, name=lead.name)
    advance(lead, "recycle", actor=actor, at=at, event=event, reason=told, changes=changes)
    _end_offer(lead, "release", OfferReleased(), actor, at)
    lead.refresh_from_db()
    return lead


def _work(
    lead: Lead,
    name: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> Lead:
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if "reason" in lead.workflow[name].needs:
        _check_reason(reason)
    told = without_contact(reason, name=lead.name)
    advance(lead, name, actor=actor, at=at, event=LeadWorked(transition=name), reason=told, changes=changes)
    return lead


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})


def _end_offer(lead: Lead, name: str, event: DomainEvent, actor: Actor, at: datetime) -> None:
    offer = Offer.objects.select_for_update(of=("self",)).filter(lead=lead, state=OfferState.ACCEPTED).first()
    if offer is not None:
        advance(offer, name, actor=actor, at=at, event=event, authorised=True)
        free_slot(offer.partner_id)
