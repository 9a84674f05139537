"""Figures about compliance. The cohort of a document is the day on which it was asked for."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from dnm.metrics.cohorts import Cohort
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
ASKED = Cohort(Document.objects.all, "created_at", Q(is_wanted=True, type__is_required=True))
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
    cells=ASKED.cells(Count("pk", filter=Q(state__in=sorted(IN_FORCE)))),
    days_of=ASKED.days_of,
    span=ASKED.span,
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
    cells=ASKED.cells(Count("pk", filter=Q(state=DocumentState.EXPIRING))),
    days_of=ASKED.days_of,
    span=ASKED.span,
)


def register() -> None:
    """Called when the app starts."""
    register_metric(COMPLETION)
    register_metric(EXPIRING)
