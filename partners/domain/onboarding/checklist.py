"""The checklist of an application: ticking, waiving with a reason, opening again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid
from partners.events.onboarding import ChecklistItemChanged
from partners.models import Application, ChecklistItem
from partners.models.onboarding import ItemState
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import ENDED, STAGES


@transaction.atomic
def tick_item(*, item: ChecklistItem, actor: Actor, at: datetime) -> ChecklistItem:
    """It is done."""
    return _settle(item, ItemState.DONE, "", actor, at)


@transaction.atomic
def waive_item(*, item: ChecklistItem, reason: str, actor: Actor, at: datetime) -> ChecklistItem:
    """It is not needed here, and why."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})
    return _settle(item, ItemState.WAIVED, reason.strip()[:250], actor, at)


@transaction.atomic
def reopen_item(*, item: ChecklistItem, actor: Actor, at: datetime) -> ChecklistItem:
    """It turned out not to be done."""
    return _settle(item, ItemState.OPEN, "", actor, at)


def items_of(application: Application) -> list[ChecklistItem]:
    """The whole checklist, by stage and position."""
    items = ChecklistItem.objects.filter(application=application).select_related("settled_by__user")
    order = {str(state): place for place, state in enumerate(STAGES)}
    return sorted(items, key=lambda item: (order[item.due_in], item.position))


def _settle(
    item: ChecklistItem, progress: ItemState, reason: str, actor: Actor, at: datetime
) -> ChecklistItem:
    application = Application.objects.select_for_update(of=("self",)).get(pk=item.application_id)
    authorise(actor, OnboardingCapability.DECIDE, application)
    if application.state in ENDED:
        raise Conflict(_("This application has ended."), code="ended")
    is_open = progress == ItemState.OPEN
    rows = ChecklistItem.objects.filter(pk=item.pk)
    rows = rows.exclude(progress=ItemState.OPEN) if is_open else rows.filter(progress=ItemState.OPEN)
    changed = rows.update(
        progress=progress,
        reason=reason,
        settled_by=None if is_open else actor.membership,
        settled_at=None if is_open else at,
    )
    if not changed:
        raise Conflict(_("Somebody was faster: reload to see the present state."), code="state-changed")
    event = ChecklistItemChanged(item=item.name, state=str(progress))
    extra = {"reason": reason} if reason else None
    publish(event, subject=application, actor=actor, at=at, extra=extra)
    item.refresh_from_db()
    return item
