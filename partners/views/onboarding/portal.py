"""What applications put into the portal's frame: tasks of deciders, a figure, the search, sentences."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.metrics.reading import Reading
from dnm.web.formats import ago, number, span
from dnm.web.home import Figure, Kpi, TaskItem, TaskSource, register_figure, register_tasks
from dnm.web.search import Hit, Kind, register_search
from dnm.web.timeline import describes
from partners.domain.onboarding.queries import find_applications, waiting_for
from partners.metrics import TIME_TO_LIVE
from partners.models.onboarding import ItemState
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import APPLICATION_FLOW

KPI_DAYS = 180


def register() -> None:
    """Called when the app starts."""
    register_search(
        Kind(
            label=gettext_lazy("Applications"),
            icon="user-plus",
            capability=OnboardingCapability.VIEW,
            function=_find,
            more=lambda words: f"{reverse('partners:applications')}?{urlencode({'q': words})}",
        )
    )
    register_tasks(TO_DECIDE)
    register_figure(Figure(TIME_TO_LIVE, KPI_DAYS, _time_to_live))
    describes("partners.application_moved", _moved)
    describes("partners.checklist_item_changed", _item)
    describes("partners.questionnaire_answered", _score)


def _task(application: Any, at: datetime) -> TaskItem:
    due = application.state_changed_at + timedelta(days=application.stage_days)
    return TaskItem(
        title=_("Application: {name}").format(name=application.organisation),
        detail=" · ".join(
            map(str, [application.get_state_display(), application.get_kind_display(), application.territory])
        ),
        icon="user-plus",
        url=application.get_absolute_url(),
        verb=_("Decide"),
        note=ago(application.state_changed_at, at),
        tone="warn" if due and due < at else "neutral",
    )


TO_DECIDE = TaskSource(
    OnboardingCapability.DECIDE,
    lambda actor, at: waiting_for(actor),
    ("uid", "organisation", "state", "kind", "state_changed_at", "stage_days", "territory__name"),
    _task,
    lambda: f"{reverse('partners:applications')}?waiting=true",
)


def _time_to_live(found: Reading, as_of: str) -> Kpi:
    """Of the partners that went live in half a year, how long it took."""
    return Kpi(
        label=TIME_TO_LIVE.title,
        value=_("too few") if found.rate is None else span(timedelta(hours=float(found.rate))),
        detail=_("{count} went live in 180 days · as of {as_of}").format(
            count=number(found.denominator), as_of=as_of
        ),
        url=f"{reverse('partners:applications')}?state=live",
    )


def _find(actor: Actor, words: str, limit: int) -> Sequence[Hit]:
    return [
        Hit(
            title=one.organisation,
            url=one.get_absolute_url(),
            detail=f"{one.get_kind_display()} · {one.territory}",
            badge=one.get_state_display(),
            tone=one.state_tone,
        )
        for one in find_applications(actor, words, limit)
    ]


def _moved(event: Event) -> str:
    name = str(event.payload.get("transition", ""))
    text = str(APPLICATION_FLOW[name].label) if name in APPLICATION_FLOW.transitions else name
    reason = event.payload.get("reason", "")
    return _("{text}: {reason}").format(text=text, reason=reason) if reason else text


def _item(event: Event) -> str:
    words: dict[Any, Any] = dict(ItemState.choices)
    told = str(event.payload.get("state", ""))
    text = _("{item}: {state}").format(item=event.payload.get("item", ""), state=words.get(told, told))
    reason = event.payload.get("reason", "")
    return f"{text} · {reason}" if reason else text


def _score(event: Event) -> str:
    score = event.payload.get("score")
    return "" if score is None else _("Score: {score} %").format(score=score)
