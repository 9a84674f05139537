"""The life of a compliance document, and the gates that it may block."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions.documents import DocumentCapability


class Gate(models.TextChoices):
    """What a missing or expired document may stop."""

    LEADS = "leads", _("New leads")
    ORDERS = "orders", _("Orders")
    PAYOUTS = "payouts", _("Payouts")


class DocumentState(models.TextChoices):
    """Where a document stands. Whether its partner is blocked follows from the last verified copy."""

    MISSING = "missing", _("Missing")
    UPLOADED = "uploaded", _("Waits for verification")
    VERIFIED = "verified", _("Verified")
    REJECTED = "rejected", _("Rejected")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")


S = DocumentState
TONES = {
    S.MISSING: "warn",
    S.UPLOADED: "info",
    S.VERIFIED: "good",
    S.REJECTED: "bad",
    S.EXPIRING: "warn",
    S.EXPIRED: "bad",
}
"""How a badge shows the state."""

IN_FORCE = frozenset({S.VERIFIED, S.EXPIRING})
TO_BRING = frozenset({S.MISSING, S.REJECTED, S.EXPIRING, S.EXPIRED})
"""The partner has something to do."""

UPLOAD, VERIFY = DocumentCapability.UPLOAD, DocumentCapability.VERIFY
DOCUMENT_FLOW = Workflow(
    name="document",
    initial=[S.MISSING],
    transitions=[
        Transition("upload", frozenset(S), S.UPLOADED, UPLOAD, _("Upload"), system=True),
        Transition(
            "verify", frozenset({S.UPLOADED}), S.VERIFIED, VERIFY, _("Verify"), distinct_from=("upload",)
        ),
        Transition(
            "reject",
            frozenset({S.UPLOADED}),
            S.REJECTED,
            VERIFY,
            _("Reject"),
            needs=("reason",),
            distinct_from=("upload",),
        ),
        Transition("revoke", IN_FORCE, S.REJECTED, VERIFY, _("Take verification back"), needs=("reason",)),
        Transition("warn", frozenset({S.VERIFIED}), S.EXPIRING, None, _("Expires soon"), system=True),
        Transition("expire", IN_FORCE | {S.REJECTED}, S.EXPIRED, None, _("Expire"), system=True),
    ],
)
