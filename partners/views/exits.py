"""The settlement of an exit: a tab of the partner, the steps of its lines, tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.scoping.authority import authorise
from dnm.web.formats import ago
from dnm.web.home import TaskItem, TaskSource, register_tasks
from dnm.web.tabs import Tab, register_tab
from dnm.web.timeline import describes
from dnm.web.views.steps import Call, StepFormView
from dnm.workflow.duties import remember_steps
from dnm.workflow.flows import available
from partners.domain.exits import (
    ask_waiver,
    lines_of,
    refuse_waiver,
    reopen_line,
    settle_line,
    settlement_of,
    waive_line,
    waivers_to_decide,
)
from partners.forms import ReasonForm
from partners.models import Partner, SettlementItem
from partners.permissions.exits import ExitCapability
from partners.states import PartnerState
from partners.states.exits import SETTLEMENT_FLOW, source_named

LEAVING = frozenset({PartnerState.EXITING, PartnerState.CLOSED})
VERBS: dict[str, Call] = {
    "settle": lambda row, values, actor, at: settle_line(item=row, note=values["reason"], actor=actor, at=at),
    "ask_waiver": lambda row, values, actor, at: ask_waiver(item=row, **values, actor=actor, at=at),
    "waive": lambda row, values, actor, at: waive_line(item=row, actor=actor, at=at),
    "refuse_waiver": lambda row, values, actor, at: refuse_waiver(item=row, **values, actor=actor, at=at),
    "reopen": lambda row, values, actor, at: reopen_line(item=row, **values, actor=actor, at=at),
}


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab(
            "exit",
            _("Exit"),
            ExitCapability.VIEW,
            "partners/tabs/exit.html",
            _tab,
            70,
            applies=lambda partner: partner.state in LEAVING,
        ),
    )
    register_tasks(TO_WAIVE)
    describes("partners.settlement_moved", _moved)


class SettlementVerbView(StepFormView):
    """One step of one line; asks for a word where the step needs one."""

    model = SettlementItem
    capability = ExitCapability.VIEW
    verbs = VERBS

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "settlement")

    @cached_property
    def record(self) -> SettlementItem:
        return self.get_object()  # type: ignore[no-any-return]

    @property
    def title(self) -> Any:  # type: ignore[override]
        return f"{self.transition.label}: {self.record}"

    def get_form(self) -> Any:
        """The form, for who may take the step."""
        authorise(self.actor, self.transition.capability, self.record)
        form = ReasonForm if "reason" in self.transition.needs else forms.Form
        return form(**self.form_arguments())

    def get_context_data(self) -> dict[str, Any]:
        url = _url_of(self.record.partner)
        return {"crumbs": [(self.record.partner.trade_name, url)], "cancel": url}

    def perform(self, values: dict[str, Any]) -> str:
        self.take(self.record, values)
        return _url_of(self.record.partner)


def _tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    settlement = settlement_of(partner, actor)
    if settlement is None:
        return {"settlement": None}
    lines = lines_of(settlement)
    remember_steps(lines)
    is_running = settlement.closed_at is None
    return {
        "settlement": settlement,
        "settlement_lines": [
            {"item": item, "buttons": _buttons(item, actor) if is_running else []} for item in lines
        ],
    }


def _buttons(item: SettlementItem, actor: Actor) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{one.transition.name}-{item.uid}",
            "label": one.transition.label,
            "why_not": one.why_not,
            "url": reverse("partners:settlement-verb", args=[item.uid, one.transition.name]),
            "method": "get" if one.transition.needs else "post",
        }
        for one in available(item, actor)
    ]


def _task(item: SettlementItem, at: datetime) -> TaskItem:
    return TaskItem(
        title=_plain("Waiver asked for: {line}").format(line=item.label),
        detail=f"{item.partner} · {item.note}",
        icon="logout",
        url=_url_of(item.partner),
        verb=_plain("Decide"),
        note=ago(item.state_changed_at, at),
        tone="warn",
    )


def _url_of(partner: Partner) -> str:
    return f"{partner.get_absolute_url()}?tab=exit"


TO_WAIVE = TaskSource(
    ExitCapability.WAIVE,
    lambda actor, at: waivers_to_decide(actor),
    ("uid", "source", "note", "state_changed_at", "partner__uid", "partner__trade_name"),
    _task,
)


def _moved(event: Event) -> str:
    name = str(event.payload.get("transition", ""))
    text = str(SETTLEMENT_FLOW[name].label) if name in SETTLEMENT_FLOW.transitions else name
    source = source_named(str(event.payload.get("line", "")))
    line = str(source.label) if source else ""
    return " · ".join(filter(None, [line, text, str(event.payload.get("reason", ""))]))
