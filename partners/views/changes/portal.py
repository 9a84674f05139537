"""What change requests put into the portal's frame: a tab of the partner, tasks, sentences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.web.formats import ago
from dnm.web.home import TaskItem, TaskSource, register_tasks
from dnm.web.tabs import Tab, register_tab
from dnm.web.timeline import describes
from partners.domain.changes.queries import accounts_of, changes_of, may_request, to_decide
from partners.models import BankAccount, ChangeRequest, Partner
from partners.permissions.changes import ChangeCapability
from partners.states.changes import CHANGE_FLOW, ChangeKind


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab(
            "changes",
            gettext_lazy("Changes"),
            ChangeCapability.VIEW,
            "partners/tabs/changes.html",
            _tab,
            60,
            changes_of,
        ),
    )
    register_tasks(TO_DECIDE)
    describes("partners.change_moved", _moved)
    describes("partners.change_requested", _what)


def _tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    kinds = ChangeKind.choices if may_request(partner, actor) else []
    return {
        "changes": changes_of(partner, actor)[:50],
        "accounts": [_account(account, actor) for account in accounts_of(partner, actor)[:10]],
        "kinds": [
            (label, reverse("partners:request-change", args=[partner.uid, kind])) for kind, label in kinds
        ],
    }


def _account(account: BankAccount, actor: Actor) -> dict[str, Any]:
    """An account as the actor may see it."""
    hidden = hidden_fields(actor, account)
    names = ("holder", "bank_name", "account_number", "routing_code")
    shown = {name: HIDDEN if name in hidden else getattr(account, name) for name in names}
    return {**shown, "valid_from": account.valid_from, "valid_to": account.valid_to}


def _task(request: ChangeRequest, at: datetime) -> TaskItem:
    return TaskItem(
        title=_("Change to approve: {what}").format(what=request),
        detail=request.reason,
        icon="refresh",
        url=request.get_absolute_url(),
        verb=_("Decide"),
        note=ago(request.state_changed_at, at),
        tone="warn",
    )


TO_DECIDE = TaskSource(
    ChangeCapability.DECIDE,
    lambda actor, at: to_decide(actor),
    ("uid", "kind", "reason", "state_changed_at", "partner__trade_name"),
    _task,
    lambda: f"{reverse('partners:changes')}?state=submitted",
)


def _moved(event: Event) -> str:
    name = str(event.payload.get("transition", ""))
    text = str(CHANGE_FLOW[name].label) if name in CHANGE_FLOW.transitions else name
    reason = event.payload.get("reason", "")
    return _("{text}: {reason}").format(text=text, reason=reason) if reason else text


def _what(event: Event) -> str:
    words: dict[Any, Any] = dict(ChangeKind.choices)
    told = event.payload.get("what", "")
    return str(words.get(told, told))
