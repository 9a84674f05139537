"""Figures about compliance. The cohort of a document is the day on which it was asked for."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Max, Min, Q, Value
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext_lazy as _

from dnm.metrics.declaring import Metric, register_metric
from partners.events.documents import (
    DocumentAsked,
    DocumentExpired,
    DocumentExpiring,
    DocumentRejected,
    DocumentRevoked,
    DocumentUploaded,
    DocumentVerified,
)
from partners.models import Document
from partners.permissions.documents import DocumentCapability
from partners.states.documents import IN_FORCE, DocumentState

CHANGES = (
    DocumentAsked,
    DocumentUploaded,
    DocumentVerified,
    DocumentRejected,
    DocumentRevoked,
    DocumentExpiring,
    DocumentExpired,
)


def _cells(counted: Q) -> Any:
    def cells(first: date, last: date, zone: ZoneInfo) -> Any:
        begin = datetime.combine(first, time.min, zone)
        end = datetime.combine(last + timedelta(days=1), time.min, zone)
        asked = Document.objects.wanted().filter(
            type__is_required=True, created_at__gte=begin, created_at__lt=end
        )
        return (
            asked.order_by()
            .values(
                "partner_id",
                "territory_id",
                day=TruncDate("created_at", tzinfo=zone),
                product_line_id=Cast(Value(None), BigIntegerField()),
            )
            .annotate(numerator=Count("pk", filter=counted), denominator=Count("pk"))
        )

    return cells


def _days(document_ids: Collection[int], zone: ZoneInfo) -> set[date]:
    rows = Document.objects.filter(pk__in=document_ids).order_by()
    return set(rows.values_list(TruncDate("created_at", tzinfo=zone), flat=True).distinct())


def _span(zone: ZoneInfo) -> tuple[date, date] | None:
    span = Document.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    if span["first"] is None:
        return None
    return span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()


COMPLETION = Metric(
    name="partners.checklist_completion",
    version=1,
    title=_("Checklist completion"),
    numerator=_("required documents that are verified and in force"),
    denominator=_("required documents, by the day they were asked for"),
    unit="share",
    direction="up",
    minimum_n=1,
    capability=DocumentCapability.VIEW,
    reopened_by=CHANGES,
    cells=_cells(Q(state__in=sorted(IN_FORCE))),
    days_of=_days,
    span=_span,
)
EXPIRING = Metric(
    name="partners.documents_expiring",
    version=1,
    title=_("Documents expiring"),
    numerator=_("required documents that expire soon and were not brought anew"),
    denominator=_("required documents, by the day they were asked for"),
    unit="count",
    direction="down",
    minimum_n=1,
    capability=DocumentCapability.VIEW,
    reopened_by=CHANGES,
    cells=_cells(Q(state=DocumentState.EXPIRING)),
    days_of=_days,
    span=_span,
)


def register() -> None:
    """Called when the app starts."""
    register_metric(COMPLETION)
    register_metric(EXPIRING)
