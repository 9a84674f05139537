"""Figures about partners."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DecimalField, ExpressionWrapper, F, IntegerField, Max, Min, Sum, Value
from django.db.models.functions import Cast, Extract, TruncDate
from django.utils.translation import gettext_lazy as _

from dnm.metrics.declaring import Metric, register_metric
from partners.events.onboarding import ApplicationMoved
from partners.models import Application
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import ApplicationState

HOURS = ExpressionWrapper(
    Extract(F("live_at") - F("created_at"), "epoch") / Value(3600.0),
    output_field=DecimalField(max_digits=20, decimal_places=4),
)


def _live() -> Any:
    return Application.objects.filter(state=ApplicationState.LIVE).order_by()


def _live_cells(first: date, last: date, zone: ZoneInfo) -> Any:
    begin = datetime.combine(first, time.min, zone)
    end = datetime.combine(last + timedelta(days=1), time.min, zone)
    return (
        _live()
        .filter(live_at__gte=begin, live_at__lt=end)
        .values(
            "partner_id",
            "territory_id",
            product_line_id=Cast(Value(None), IntegerField()),
            day=TruncDate("live_at", tzinfo=zone),
        )
        .annotate(numerator=Sum(HOURS), denominator=Count("pk"))
    )


def _days_live(application_ids: Collection[int], zone: ZoneInfo) -> set[date]:
    found = _live().filter(pk__in=application_ids)
    return set(found.values_list(TruncDate("live_at", tzinfo=zone), flat=True).distinct())


def _span_live(zone: ZoneInfo) -> tuple[date, date] | None:
    span = _live().aggregate(first=Min("live_at"), last=Max("live_at"))
    if span["first"] is None:
        return None
    return span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()


TIME_TO_LIVE = Metric(
    name="partners.time_to_live",
    version=1,
    title=_("Time from application to live"),
    numerator=_("hours from the application to the day on which the partner went live"),
    denominator=_("applications that went live, by the day on which they did"),
    unit="hours",
    direction="down",
    minimum_n=3,
    capability=OnboardingCapability.VIEW,
    reopened_by=(ApplicationMoved,),
    cells=_live_cells,
    days_of=_days_live,
    span=_span_live,
)


def register() -> None:
    """Called when the app starts."""
    register_metric(TIME_TO_LIVE)
