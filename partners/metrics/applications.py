"""Figures about partners."""

from django.db.models import DecimalField, ExpressionWrapper, F, Sum, Value
from django.db.models.functions import Extract
from django.utils.translation import gettext_lazy as _

from dnm.metrics.cohorts import Cohort
from dnm.metrics.declaring import Metric, register_metric
from partners.events.onboarding import ApplicationMoved
from partners.models import Application
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import ApplicationState

HOURS = ExpressionWrapper(
    Extract(F("live_at") - F("created_at"), "epoch") / Value(3600.0),
    output_field=DecimalField(max_digits=20, decimal_places=4),
)
GONE_LIVE = Cohort(lambda: Application.objects.filter(state=ApplicationState.LIVE), "live_at")
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
    cells=GONE_LIVE.cells(Sum(HOURS)),
    days_of=GONE_LIVE.days_of,
    span=GONE_LIVE.span,
)


def register() -> None:
    """Called when the app starts."""
    register_metric(TIME_TO_LIVE)
