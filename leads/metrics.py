"""Figures about leads and offers."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dnm.metrics.cohorts import ROWS, Cohort
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


OFFERS = Cohort(Offer.objects.all, "created_at", Q(state__in=DECIDED), has_line=True)
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
    cells=OFFERS.cells(Count("pk", filter=Q(state__in=TAKEN))),
    days_of=OFFERS.days_of,
    span=OFFERS.span,
)
WINS = Cohort(lambda: Lead.objects.filter(state=LeadState.WON), "closed_at", has_line=True)
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
    cells=WINS.cells(ROWS),
    days_of=WINS.days_of,
    span=WINS.span,
    shortfall=ngettext_lazy("%(count)s won lead", "%(count)s won leads", "count"),
)


def register() -> None:
    """Called when the app starts."""
    register_metric(ACCEPTANCE)
    register_metric(WON)
