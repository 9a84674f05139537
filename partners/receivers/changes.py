"""What follows from change requests: those who decide are told, and those whom it concerns."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from partners.domain.access import holders_at, holders_over
from partners.events.changes import ChangeMoved
from partners.models import ChangeRequest
from partners.permissions.changes import ChangeCapability
from partners.states.changes import ChangeKind, ChangeState

WORDS = {"change": {str(value): label for value, label in ChangeKind.choices}}
TO_APPROVE = NotificationKind(
    name="partners.change_submitted",
    label=_("Change to approve"),
    title=_("{partner} asks for a change: {change}"),
    text=_("{why}"),
    words=WORDS,
    capability=ChangeCapability.VIEW,
    email=True,
)
APPROVED = NotificationKind(
    name="partners.change_approved",
    label=_("Change approved"),
    title=_("{change} of {partner}: approved"),
    text=_(
        "It takes effect {due:datetime}. Until then it can be stopped: tell us at once if it is not yours."
    ),
    words=WORDS,
    capability=ChangeCapability.VIEW,
    email=True,
    urgent=True,
)
OVER = NotificationKind(
    name="partners.change_decided",
    label=_("Change decided"),
    title=_("{change} of {partner}: {state}"),
    text=_("{why}"),
    words={**WORDS, "state": {str(value): label for value, label in ChangeState.choices}},
    capability=ChangeCapability.VIEW,
    email=True,
)


def register() -> None:
    """Called when the app starts."""
    for kind in (TO_APPROVE, APPROVED, OVER):
        register_kind(kind)
    register_subject(ChangeRequest, url=lambda row: reverse("partners:change", args=[row.uid]))


@receives(ChangeMoved, name="partners.tell_of_change")
def tell_of_change(event: Event) -> None:
    """Submitted: those who decide. Approved: everybody at the partner who could object. Else: the partner."""
    rows = ChangeRequest.objects.select_related("partner", "territory")
    request: ChangeRequest = rows.get(pk=event.subject_id)
    target = event.payload.get("to")
    if request.state != target:
        return
    now = timezone.now()
    facts: dict[str, Any] = {"partner": str(request.partner), "change": request.kind}
    if target == ChangeState.SUBMITTED:
        is_bank = request.kind == ChangeKind.BANK
        capability = ChangeCapability.DECIDE_BANK if is_bank else ChangeCapability.DECIDE
        members = [one for one in holders_over(request, capability, at=now) if one.pk != event.membership_id]
        facts["why"] = request.reason
        notify(kind=TO_APPROVE, recipients=members, subject=request, facts=facts, event=event)
        return
    members = [
        one
        for one in holders_at(request, ChangeCapability.REQUEST, at=now)
        if target == ChangeState.APPROVED or one.pk != event.membership_id
    ]
    if target == ChangeState.APPROVED and request.effective_at is not None:
        facts["due"] = request.effective_at.isoformat()
        notify(kind=APPROVED, recipients=members, subject=request, facts=facts, event=event)
        return
    facts |= {"state": str(target), "why": event.payload.get("reason", "")}
    notify(kind=OVER, recipients=members, subject=request, facts=facts, event=event)
