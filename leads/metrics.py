"""Figures about leads and offers."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dnm.metrics.declaring import Metric, register_metric
from leads.events import (
    LeadWorked,
    OfferAccepted,
    OfferClosed,
    OfferDeclined,
    OfferLapsed,
    OfferReleased,
    OfferWithdrawn,
)
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import LeadState, OfferState

TAKEN = (OfferState.ACCEPTED, OfferState.RELEASED, OfferState.CLOSED)
"""The partner said yes, whatever became of it."""
DECIDED = (*TAKEN, OfferState.DECLINED, OfferState.LAPSED)
"""The partner had its say. Not those that still run, nor those that the network took back."""


def _offered_cells(first: date, last: date, zone: ZoneInfo) -> Any:
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    cohort = Offer.objects.filter(created_at__gte=begin, created_at__lt=end, state__in=DECIDED)
    return (
        cohort.order_by()
        .values("partner_id", "territory_id", "product_line_id", day=TruncDate("created_at", tzinfo=zone))
        .annotate(numerator=Count("pk", filter=Q(state__in=TAKEN)), denominator=Count("pk"))
    )


def _days_offered(offer_ids: Collection[int], zone: ZoneInfo) -> set[date]:
    made = Offer.objects.filter(pk__in=offer_ids).order_by()
    return set(made.values_list(TruncDate("created_at", tzinfo=zone), flat=True).distinct())


def _span_offered(zone: ZoneInfo) -> tuple[date, date] | None:
    span = Offer.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    if span["first"] is None:
        return None
    return span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()


ACCEPTANCE = Metric(
    name="leads.acceptance",
    version=1,
    title=_("Lead acceptance"),
    numerator=_("offers accepted"),
    denominator=_("offers that were accepted, declined or lapsed, by the day they were made"),
    unit="share",
    direction="up",
    minimum_n=5,
    capability=OfferCapability.VIEW,
    reopened_by=(OfferAccepted, OfferDeclined, OfferLapsed, OfferWithdrawn, OfferReleased, OfferClosed),
    cells=_offered_cells,
    days_of=_days_offered,
    span=_span_offered,
)


def _won() -> Any:
    return Lead.objects.filter(state=LeadState.WON, closed_at__isnull=False).order_by()


def _won_cells(first: date, last: date, zone: ZoneInfo) -> Any:
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    return (
        _won()
        .filter(closed_at__gte=begin, closed_at__lt=end)
        .values("partner_id", "territory_id", "product_line_id", day=TruncDate("closed_at", tzinfo=zone))
        .annotate(numerator=Count("pk"), denominator=Count("pk"))
    )


def _days_won(lead_ids: Collection[int], zone: ZoneInfo) -> set[date]:
    found = _won().filter(pk__in=lead_ids)
    return set(found.values_list(TruncDate("closed_at", tzinfo=zone), flat=True).distinct())


def _span_won(zone: ZoneInfo) -> tuple[date, date] | None:
    span = _won().aggregate(first=Min("closed_at"), last=Max("closed_at"))
    if span["first"] is None:
        return None
    return span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()


WON = Metric(
    name="leads.won",
    version=1,
    title=_("Won leads"),
    numerator=_("leads won, by the day on which they were"),
    denominator=_("the same: a count has no rate"),
    unit="count",
    direction="up",
    minimum_n=1,
    capability=LeadCapability.VIEW,
    reopened_by=(LeadWorked,),
    cells=_won_cells,
    days_of=_days_won,
    span=_span_won,
    shortfall=ngettext_lazy("%(count)s won lead", "%(count)s won leads", "count"),
)


def register() -> None:
    """Called when the app starts."""
    register_metric(ACCEPTANCE)
    register_metric(WON)
