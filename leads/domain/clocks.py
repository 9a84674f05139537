"""What beat does every few seconds: lapse, remind, withdraw from partners that are gone, wake and sweep.

Every sweep reads a small partial index, takes rows that nobody holds (SKIP LOCKED), one transaction each, and
is safe to run twice at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict
from leads.domain.candidates import distance_between
from leads.domain.intake import screen_lead
from leads.domain.offers import lapse_offer, remind_of_offer, withdraw_offer
from leads.domain.policy import current_policy
from leads.domain.routing import route_lead
from leads.domain.working import release_lead
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState
from partners.models import Partner
from partners.states import PartnerState

BATCH = 200
STUCK = timedelta(seconds=60)
WOKEN = 5
"""Leads tried at most for one slot that came free; beat tries the rest."""
NOT_LIVE = "partner-not-live"

log = structlog.get_logger(__name__)


def run_clocks(network_id: int, at: datetime) -> int:
    """Lapse what is overdue, remind of what is half over, withdraw from suspended partners; how many."""
    clock = Actor.system("clock", network_id)
    pending = {"state": OfferState.PENDING}
    done = _each(
        network_id, {**pending, "due_at__lte": at}, lambda offer: lapse_offer(offer=offer, actor=clock, at=at)
    )
    done += _each(
        network_id,
        {**pending, "remind_at__lte": at},
        lambda offer: remind_of_offer(offer=offer, actor=clock, at=at),
    )
    return done + withdraw_from_gone_partners(network_id, at)


def withdraw_from_gone_partners(network_id: int, at: datetime, *, partner_id: int | None = None) -> int:
    """Take back what partners that are not live (any longer) cannot serve; how many.

    Unanswered offers are withdrawn, and accepted leads whose customer was not contacted yet are released.
    Leads that are being worked stay.
    """
    clock = Actor.system("clock", network_id)
    with network_context(network_id):
        gone = Offer.objects.exclude(partner__state=PartnerState.LIVE)
        if partner_id is not None:
            gone = gone.filter(partner=partner_id)
        unanswered = gone.filter(state=OfferState.PENDING)
        unanswered_ids = list(unanswered.values_list("pk", flat=True)[:BATCH])
        not_begun = gone.filter(state=OfferState.ACCEPTED, lead__state=LeadState.ACCEPTED)
        not_begun_ids = list(not_begun.values_list("pk", flat=True)[:BATCH])
    done = _each(
        network_id,
        {"state": OfferState.PENDING, "pk__in": unanswered_ids},
        lambda offer: withdraw_offer(offer=offer, reason=NOT_LIVE, actor=clock, at=at),
    )
    return done + _each(
        network_id,
        {"state": OfferState.ACCEPTED, "pk__in": not_begun_ids},
        lambda offer: release_lead(lead=offer.lead, cause=NOT_LIVE, actor=clock, at=at),
    )


def wake_waiting(network_id: int, at: datetime, *, limit: int = BATCH) -> int:
    """Try the longest waiting leads again, and whatever got stuck on its way; how many were tried."""
    router = Actor.system("router", network_id)
    with network_context(network_id):
        waiting = Lead.objects.filter(state=LeadState.WAITING).order_by("state_changed_at")
        stuck = Lead.objects.filter(
            state__in=[LeadState.NEW, LeadState.ROUTING], state_changed_at__lt=at - STUCK
        )
        ids = [*waiting.values_list("pk", flat=True)[:limit], *stuck.values_list("pk", flat=True)[:limit]]
    for lead_id in ids:
        _try(network_id, lead_id, actor=router, at=at)
    return len(ids)


def _try(network_id: int, lead_id: int, *, actor: Actor, at: datetime) -> None:
    """One lead, on its own: what goes wrong with it is logged and holds up nobody behind it."""
    try:
        with network_context(network_id):
            process_lead(lead_id=lead_id, actor=actor, at=at)
    except Exception:
        log.exception("lead could not be routed", lead=lead_id, network=network_id)


def wake_near(network_id: int, partner: Partner, at: datetime) -> int:
    """A slot came free with the partner: try the longest waiting leads near it, until one is offered.

    Returns how many were tried. All of it is one transaction, the receiver's: so it waits for no lead that
    somebody else has in hand, and takes one slot and no second. Two that each held a slot and wanted the
    other's would block each other.
    """
    router = Actor.system("router", network_id)
    reach = current_policy(network_id).radius_km
    waiting = Lead.objects.filter(state=LeadState.WAITING).order_by("state_changed_at")
    near = [
        lead.pk
        for lead in waiting.only("pk", "network_id", "latitude", "longitude")[:BATCH]
        if (distance_between(lead, partner) or 0.0) <= reach
    ]
    tried = 0
    for lead_id in near[:WOKEN]:
        waits = Lead.objects.select_for_update(skip_locked=True, of=("self",))
        if waits.filter(pk=lead_id, state=LeadState.WAITING).first() is None:
            continue
        _try(network_id, lead_id, actor=router, at=at)
        tried += 1
        if Lead.objects.filter(pk=lead_id, state=LeadState.OFFERED).exists():
            break
    return tried


def process_lead(*, lead_id: int, actor: Actor, at: datetime) -> None:
    """Take a lead as far as it goes by itself: screen it when new, then route it. Safe to repeat."""
    lead = Lead.objects.select_for_update(of=("self",)).filter(pk=lead_id).first()
    if lead is None:
        return
    lead = screen_lead(lead=lead, actor=actor, at=at)
    if lead.state in (LeadState.ROUTING, LeadState.WAITING):
        route_lead(lead_id=lead.pk, actor=actor, at=at)


def _each(network_id: int, due: dict[str, Any], act: Callable[[Offer], object]) -> int:
    with network_context(network_id):
        ids = list(Offer.objects.filter(**due).order_by("due_at").values_list("pk", flat=True)[:BATCH])
    return sum(_act_on(network_id, offer_id, due, act) for offer_id in ids)


def _act_on(network_id: int, offer_id: int, due: dict[str, Any], act: Callable[[Offer], object]) -> bool:
    """One offer, on its own; its lead is locked first. False when somebody holds it, or was faster."""
    try:
        with network_context(network_id):
            lead = (
                Lead.objects.select_for_update(skip_locked=True, of=("self",)).filter(offers=offer_id).first()
            )
            offer = Offer.objects.filter(pk=offer_id, **due).first() if lead else None
            if offer is None:
                return False
            act(offer)
    except Conflict as conflict:
        log.info("the clock came too late", offer=offer_id, code=conflict.code)
        return False
    except Exception:
        log.exception("the clock failed", offer=offer_id, network=network_id)
        return False
    return True
