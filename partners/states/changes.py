"""The life of a change request."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions.changes import ChangeCapability


class ChangeKind(models.TextChoices):
    """What is to change; too grave to be one person's edit."""

    BANK = "bank", _("Bank account")
    RELOCATION = "relocation", _("Relocation")
    OWNERSHIP = "ownership", _("Ownership")
    TERRITORY = "territory", _("Territory")


class ChangeState(models.TextChoices):
    """Approved is not yet in effect: until its day it can still be stopped."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EFFECTIVE = "effective", _("In effect")


C = ChangeState
CHANGE_TONES = {
    C.SUBMITTED: "warn", C.APPROVED: "info", C.REJECTED: "bad", C.EFFECTIVE: "good",
}  # fmt: skip
REQUEST, DECIDE = ChangeCapability.REQUEST, ChangeCapability.DECIDE
ASKED = "partners.change_requested"

CHANGE_FLOW = Workflow(
    name="change",
    initial=[C.DRAFT],
    transitions=[
        Transition("submit", frozenset({C.DRAFT}), C.SUBMITTED, REQUEST, _("Submit")),
        Transition(
            "approve",
            frozenset({C.SUBMITTED}),
            C.APPROVED,
            DECIDE,
            _("Approve"),
            distinct_from=(ASKED, "submit"),
        ),
        Transition(
            "reject", frozenset({C.SUBMITTED, C.APPROVED}), C.REJECTED, DECIDE, _("Reject"), needs=("reason",)
        ),
        Transition(
            "withdraw",
            frozenset({C.DRAFT, C.SUBMITTED, C.APPROVED}),
            C.WITHDRAWN,
            REQUEST,
            _("Withdraw"),
            needs=("reason",),
        ),
        Transition("take_effect", frozenset({C.APPROVED}), C.EFFECTIVE, None, _("Take effect"), system=True),
    ],
)
