"""A partner's slots: how many leads it has open. The load row changes by conditional updates."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import ngettext

from leads.models import Offer, PartnerLoad
from leads.states import LIVE_OFFERS
from partners.models import Partner
from partners.states import PartnerState


def take_slot(partner: Partner, *, by_hand: bool = False) -> bool:
    """Take one slot if the partner is live and has one free; by hand also beyond its capacity.

    One conditional UPDATE: it locks the row only when it takes the slot, so two routers on their way through
    full partners never wait for each other.
    """
    state, capacity = Partner.objects.values_list("state", "capacity").get(pk=partner.pk)
    if state != PartnerState.LIVE:
        return False
    rows = _load_of(partner)
    if capacity is not None and not by_hand:
        rows = rows.filter(open__lt=capacity)
    return bool(rows.update(open=F("open") + 1))


def free_slot(partner_id: int) -> None:
    """Give one slot back. A count that has drifted stays at nought; `manage.py reconcile` sets it right."""
    PartnerLoad.objects.filter(partner_id=partner_id).update(open=Greatest(F("open") - 1, Value(0)))


def open_leads(partner: Partner) -> int:
    """How many leads the partner has open now."""
    return PartnerLoad.objects.filter(partner=partner).values_list("open", flat=True).first() or 0


def open_work(partner: Partner) -> str:
    """What holds up the closing of a partner: leads that it still owns or has to answer."""
    count = Offer.objects.filter(partner=partner, state__in=LIVE_OFFERS).count()
    told = ngettext("%(count)s lead is still open here.", "%(count)s leads are still open here.", count)
    return told % {"count": count} if count else ""


def drift() -> dict[int, tuple[int, int]]:
    """Partner id → (load, live offers) wherever the two differ. Must be empty: `manage.py reconcile`
    says so.
    """
    live = dict(
        Offer.objects.filter(state__in=LIVE_OFFERS)
        .values("partner_id")
        .annotate(live=Count("pk"))
        .values_list("partner_id", "live")
    )
    loads = dict(
        PartnerLoad.objects.filter(Q(open__gt=0) | Q(partner__in=live)).values_list("partner_id", "open")
    )
    return {
        partner: (loads.get(partner, 0), live.get(partner, 0))
        for partner in loads.keys() | live.keys()
        if loads.get(partner, 0) != live.get(partner, 0)
    }


def correct_drift(found: Mapping[int, tuple[int, int]]) -> None:
    """Set the loads of these partners to what is really open now, each under its lock."""
    for partner in Partner.objects.filter(pk__in=found).order_by("pk"):
        rows = _load_of(partner)
        rows.select_for_update().get()
        rows.update(open=Offer.objects.filter(partner=partner, state__in=LIVE_OFFERS).count())


def _load_of(partner: Partner) -> Any:
    """The partner's load row, made when it is missing."""
    PartnerLoad.objects.bulk_create(
        [PartnerLoad(network_id=partner.network_id, partner=partner)], ignore_conflicts=True
    )
    return PartnerLoad.objects.filter(partner=partner)
