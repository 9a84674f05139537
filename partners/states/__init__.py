"""The life of a partner."""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _plain
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


def _not_the_brand_owner(partner: Any) -> str:
    return _plain("The brand owner is not a partner of its own.") if partner.parent_id is None else ""


OpenWork = Callable[[Any], str]
_OPEN_WORK: list[OpenWork] = []


def register_open_work(open_work: OpenWork) -> None:
    """Let an app hold up the closing of a partner: a sentence while it has work open there, else ""."""
    _OPEN_WORK.append(open_work)


def _nothing_open(partner: Any) -> str:
    return next((told for open_work in _OPEN_WORK if (told := open_work(partner))), "")


PARTNER_FLOW = Workflow(
    name="partner",
    initial=[S.PROSPECT, S.ONBOARDING, S.LIVE],
    transitions=[
        Transition("begin_onboarding", frozenset({S.PROSPECT}), S.ONBOARDING, CHANGE, _("Begin onboarding")),
        Transition("go_live", frozenset({S.ONBOARDING}), S.LIVE, CHANGE, _("Go live")),
        Transition(
            "suspend",
            frozenset({S.LIVE}),
            S.SUSPENDED,
            CHANGE,
            _("Suspend"),
            needs=("reason",),
            guard=_not_the_brand_owner,
        ),
        Transition("resume", frozenset({S.SUSPENDED}), S.LIVE, CHANGE, _("Lift suspension")),
        Transition(
            "begin_exit",
            frozenset({S.LIVE, S.SUSPENDED}),
            S.EXITING,
            CHANGE,
            _("Begin exit"),
            needs=("reason",),
            guard=_not_the_brand_owner,
        ),
        Transition(
            "close",
            frozenset({S.EXITING}),
            S.CLOSED,
            CHANGE,
            _("Close"),
            needs=("reason",),
            guard=_nothing_open,
        ),
    ],
)
