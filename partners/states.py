"""The life of a partner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions import PartnerCapability


class PartnerState(models.TextChoices):
    """Suspension stops new leads and orders and leaves the service of open work."""

    PROSPECT = "prospect", _("Prospect")
    ONBOARDING = "onboarding", _("Onboarding")
    LIVE = "live", _("Live")
    SUSPENDED = "suspended", _("Suspended")
    EXITING = "exiting", _("Exiting")
    CLOSED = "closed", _("Closed")


TONES = {
    PartnerState.PROSPECT: "neutral",
    PartnerState.ONBOARDING: "info",
    PartnerState.LIVE: "good",
    PartnerState.SUSPENDED: "bad",
    PartnerState.EXITING: "warn",
    PartnerState.CLOSED: "neutral",
}
"""How a badge shows the state."""

S = PartnerState
CHANGE = PartnerCapability.CHANGE_STATE

PARTNER_FLOW = Workflow(
    name="partner",
    initial=[S.PROSPECT, S.ONBOARDING, S.LIVE],
    transitions=[
        Transition("begin_onboarding", frozenset({S.PROSPECT}), S.ONBOARDING, CHANGE, _("Begin onboarding")),
        Transition("go_live", frozenset({S.ONBOARDING}), S.LIVE, CHANGE, _("Go live")),
        Transition("suspend", frozenset({S.LIVE}), S.SUSPENDED, CHANGE, _("Suspend"), needs=("reason",)),
        Transition("resume", frozenset({S.SUSPENDED}), S.LIVE, CHANGE, _("Lift suspension")),
        Transition(
            "begin_exit",
            frozenset({S.LIVE, S.SUSPENDED}),
            S.EXITING,
            CHANGE,
            _("Begin exit"),
            needs=("reason",),
        ),
        Transition("close", frozenset({S.EXITING}), S.CLOSED, CHANGE, _("Close"), needs=("reason",)),
    ],
)
