"""Finding the partner for a lead: nearest eligible, then the distributor, then a queue that people see.

"Nobody" is never an outcome: a lead ends up offered, waiting for a slot, or on the desk with the reason.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import without_contact
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from dnm.workflow.flows import advance
from leads.domain.candidates import (
    CAPACITY,
    CLOSED,
    GONE,
    SPENT,
    Candidate,
    candidates,
    distance_between,
    upstream_distributor,
)
from leads.domain.explaining import grounds
from leads.domain.policy import current_policy
from leads.domain.slots import open_leads, take_slot
from leads.events import LeadHeld, LeadOffered, LeadRejected, LeadReturned, LeadSentToDesk, OfferMade
from leads.models import Lead, Offer, RoutingDecision, RoutingPolicy
from leads.permissions import LeadCapability
from leads.states import DeskReason, LeadState, OfferState
from partners.domain.calendars import add_minutes, calendar_for
from partners.domain.gates import blocked
from partners.models import Partner
from partners.states import PartnerState
from partners.states.documents import Gate

KEPT = 20
"""Candidates that a decision keeps, nearest first."""


@transaction.atomic
def route_lead(*, lead_id: int, actor: Actor, at: datetime) -> Lead | None:
    """Route a lead that needs a partner (routing or waiting); None when there is nothing to do any more.

    Locks the lead, so that of two workers the second finds it offered. A waiting lead for which still nobody
    is free stays as it is until its wait is over.
    """
    lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("product_line", "network")
        .filter(pk=lead_id, state__in=[LeadState.ROUTING, LeadState.WAITING])
        .first()
    )
    if lead is None:
        return None
    policy = current_policy(lead.network_id)
    looked_at: list[Candidate] = []
    spent = _refusals(lead) >= policy.max_offers
    for candidate in candidates(lead, radius_km=policy.radius_km, at=at):
        looked_at.append(candidate)
        if spent:
            candidate.ruled_out = candidate.ruled_out or SPENT
            break
        if not candidate.ruled_out and _can_take(candidate, policy, at):
            _offer(lead, candidate, policy, looked_at, actor=actor, at=at)
            return lead
    distributor = upstream_distributor(lead, looked_at[0] if looked_at else None, at=at)
    is_asked = spent or not _somebody_is_full(looked_at)
    if distributor is not None and is_asked and _can_take(distributor, policy, at):
        _offer(lead, distributor, policy, [*looked_at, distributor], actor=actor, at=at)
        return lead
    _queue(lead, looked_at, policy, spent=spent, actor=actor, at=at)
    return lead


def _refusals(lead: Lead) -> int:
    """Offers declined or lapsed since the lead was last routed anew by somebody's decision."""
    refused = Offer.objects.filter(lead=lead, state__in=[OfferState.DECLINED, OfferState.LAPSED])
    if lead.rerouted_at is not None:
        refused = refused.filter(created_at__gte=lead.rerouted_at)
    return refused.count()


def _can_take(candidate: Candidate, policy: RoutingPolicy, at: datetime) -> bool:
    """Whether the candidate has a clock that can run and a slot, which is taken; else the reason why not."""
    if _due(candidate.partner, policy.offer_minutes, at) is None:
        candidate.ruled_out = CLOSED
    elif not take_slot(candidate.partner):
        is_live = Partner.objects.filter(pk=candidate.partner.pk, state=PartnerState.LIVE).exists()
        candidate.ruled_out = CAPACITY if is_live else GONE
    return not candidate.ruled_out


def _due(partner: Partner, minutes: float, at: datetime) -> datetime | None:
    """When so many opening minutes are over; None for a partner that hardly ever opens."""
    try:
        return add_minutes(calendar_for(partner), at, minutes)
    except Invalid:
        return None


@transaction.atomic
def offer_by_hand(*, lead: Lead, partner: Partner, actor: Actor, at: datetime) -> Offer:
    """Offer a lead of the desk (or a waiting one) to a partner of one's choice, beyond its capacity if need
    be.

    Raises `NotAllowed`, and `Conflict` when the partner is not live or the lead is no longer in a queue.
    """
    lead = Lead.objects.select_for_update(of=("self",)).select_related("product_line").get(pk=lead.pk)
    authorise(actor, LeadCapability.MANAGE_DESK, lead)
    if partner.state != PartnerState.LIVE or partner.parent_id is None:
        raise Conflict(_("Leads go to live partners below the brand owner."), code="partner-not-live")
    if lead.state not in (LeadState.DESK, LeadState.WAITING):
        raise Conflict(_("This lead is not in a queue any more."), code="state-changed")
    if _due(partner, current_policy(lead.network_id).offer_minutes, at) is None:
        raise Conflict(_("The partner is hardly ever open, so no clock can run."), code="calendar-closed")
    if reasons := blocked(partner, Gate.LEADS, at):
        raise Conflict(reasons[0].sentence, code="partner-blocked")
    if not take_slot(partner, by_hand=True):
        raise Conflict(_("The partner is not live."), code="partner-not-live")
    policy = current_policy(lead.network_id)
    candidate = Candidate(partner, distance_between(lead, partner), open_leads(partner), asked_before=False)
    return _offer(lead, candidate, policy, [candidate], actor=actor, at=at, outcome="by_hand")


@transaction.atomic
def reroute_lead(*, lead: Lead, actor: Actor, at: datetime) -> Lead:
    """Send a lead of the desk, the waiting list or the duplicates through routing with new attempts."""
    event = LeadReturned(cause="rerouted")
    changes = {"desk_reason": "", "duplicate_of": None, "closed_at": None, "rerouted_at": at}
    advance(lead, "reroute", actor=actor, at=at, event=event, changes=changes)
    return lead


@transaction.atomic
def reject_lead(*, lead: Lead, reason: str, actor: Actor, at: datetime) -> Lead:
    """Find a queued lead invalid (a joke, a wrong number); it stays on record with the reason."""
    advance(
        lead,
        "reject",
        actor=actor,
        at=at,
        event=LeadRejected(),
        reason=without_contact(reason, name=lead.name),
        changes={"closed_at": at},
    )
    return lead


def _offer(
    lead: Lead,
    candidate: Candidate,
    policy: RoutingPolicy,
    looked_at: Sequence[Candidate],
    *,
    actor: Actor,
    at: datetime,
    outcome: str = "offered",
) -> Offer:
    """Write offer, lead's state, decision and events. The slot is taken already."""
    partner = candidate.partner
    due_at = _due(partner, policy.offer_minutes, at) or at
    step = (Offer.objects.filter(lead=lead).aggregate(last=Max("step"))["last"] or 0) + 1
    offer = Offer.objects.create(
        network_id=lead.network_id,
        lead=lead,
        partner=partner,
        territory_id=lead.territory_id,
        product_line=lead.product_line,
        step=step,
        state=OfferState.PENDING,
        state_changed_at=at,
        place=lead.place,
        postal_code=lead.postal_code,
        message=without_contact(lead.message, name=lead.name),
        distance_km=candidate.km,
        why=grounds(lead, candidate, outcome),
        created_at=at,
        due_at=due_at,
        remind_at=_due(partner, policy.offer_minutes / 2, at),
    )
    event = LeadOffered(partner=str(partner.uid), offer=str(offer.uid), step=step)
    advance(lead, "offer", actor=actor, at=at, event=event, changes={"desk_reason": ""})
    publish(OfferMade(due_at=due_at.isoformat()), subject=offer, actor=actor, at=at)
    _decide(lead, policy, looked_at, outcome, at, partner=partner)
    return offer


def _queue(
    lead: Lead,
    looked_at: Sequence[Candidate],
    policy: RoutingPolicy,
    *,
    spent: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Nobody now: wait for a slot when all that could are full, else the desk, with the reason in words."""
    full = _somebody_is_full(looked_at) and not spent
    waited_long = lead.state == LeadState.WAITING and at - lead.state_changed_at > timedelta(
        minutes=policy.max_wait_minutes
    )
    if full and not waited_long:
        if lead.state == LeadState.ROUTING:
            advance(lead, "hold", actor=actor, at=at, event=LeadHeld())
            _decide(lead, policy, looked_at, "waiting", at)
        return
    reason = _desk_reason(lead, looked_at, spent, waited_long)
    event = LeadSentToDesk()
    advance(
        lead, "send_to_desk", actor=actor, at=at, event=event, reason=reason, changes={"desk_reason": reason}
    )
    _decide(lead, policy, looked_at, "desk", at, reason=reason)


def _desk_reason(lead: Lead, looked_at: Sequence[Candidate], spent: bool, waited_long: bool) -> DeskReason:
    if lead.latitude is None:
        return DeskReason.NO_PLACE
    if spent:
        return DeskReason.ASKED_ENOUGH
    if waited_long:
        return DeskReason.WAITED_LONG
    return DeskReason.NOBODY_ELIGIBLE if looked_at else DeskReason.NOBODY_NEAR


def _somebody_is_full(looked_at: Sequence[Candidate]) -> bool:
    return any(candidate.ruled_out == CAPACITY for candidate in looked_at)


def _decide(
    lead: Lead,
    policy: RoutingPolicy,
    looked_at: Sequence[Candidate],
    outcome: str,
    at: datetime,
    *,
    partner: Partner | None = None,
    reason: str = "",
) -> None:
    RoutingDecision.objects.create(
        network_id=lead.network_id,
        lead=lead,
        policy=policy,
        partner=partner,
        outcome=outcome,
        reason=reason,
        considered=[
            {
                "partner": str(candidate.partner.uid),
                "name": candidate.partner.trade_name,
                "km": None if candidate.km is None else round(candidate.km, 1),
                "open": candidate.open,
                "capacity": candidate.partner.capacity,
                "ruled_out": candidate.ruled_out,
            }
            for candidate in [*looked_at[: KEPT - 1], *looked_at[KEPT - 1 :][-1:]]
        ],
        decided_at=at,
    )
