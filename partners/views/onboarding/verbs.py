"""What deciders do with an application: buttons on its page, and the forms behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from partners.domain.onboarding.applying import update_application
from partners.domain.onboarding.checklist import reopen_item, tick_item, waive_item
from partners.domain.onboarding.deciding import (
    check_decides,
    hold_application,
    is_below_mark,
    move_on,
    next_state,
    obstacles,
    reject_application,
    resume_application,
    withdraw_application,
)
from partners.domain.onboarding.going_live import take_live
from partners.domain.onboarding.links import issue_link, revoke_link
from partners.domain.onboarding.queries import lines_named, verbs_for
from partners.forms import ReasonForm
from partners.forms.onboarding import FactsForm, GoLiveForm, MoveForm, OutForm
from partners.models import Application, ChecklistItem
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import LABELS, ONWARD, ApplicationState

Call = Callable[[Application, dict[str, Any], Actor, datetime], Any]
CRUMBS = [(_("Applications"), "/applications/")]
HARSH = frozenset({"reject", "withdraw", "revoke"})
NOT_DECIDERS = frozenset({"change", "link", "revoke"})
"""Verbs for who may see the applicant, decider or not."""


@dataclass(frozen=True, slots=True)
class Verb:
    """How a verb of the domain is called from a form."""

    label: Any
    form: type[forms.Form]
    call: Call
    done: Any
    icon: str = ""


VERBS: dict[str, Verb] = {
    "move-on": Verb(
        _("Lead on"),
        MoveForm,
        lambda row, values, actor, at: move_on(application=row, **values, actor=actor, at=at),
        _("The application went on."),
        "arrow-right",
    ),
    "go-live": Verb(
        _("Go live"),
        GoLiveForm,
        lambda row, values, actor, at: take_live(application=row, **values, actor=actor, at=at),
        _("Live. The first user is invited."),
        "check",
    ),
    "resume": Verb(
        _("Take up again"),
        forms.Form,
        lambda row, values, actor, at: resume_application(application=row, actor=actor, at=at),
        _("The application goes on where it was put aside."),
        "refresh",
    ),
    "hold": Verb(
        _("Put on hold"),
        OutForm,
        lambda row, values, actor, at: hold_application(application=row, **values, actor=actor, at=at),
        _("The application is on hold."),
    ),
    "reject": Verb(
        _("Reject"),
        OutForm,
        lambda row, values, actor, at: reject_application(application=row, **values, actor=actor, at=at),
        _("The application is rejected."),
    ),
    "withdraw": Verb(
        _("Mark as withdrawn"),
        ReasonForm,
        lambda row, values, actor, at: withdraw_application(application=row, **values, actor=actor, at=at),
        _("The application is marked as withdrawn."),
    ),
    "change": Verb(
        _("Change facts"),
        FactsForm,
        lambda row, values, actor, at: update_application(
            application=row, changes=values, actor=actor, at=at
        ),
        _("The facts are changed."),
        "edit",
    ),
    "link": Verb(
        _("Send a new link"),
        forms.Form,
        lambda row, values, actor, at: issue_link(application=row, actor=actor, at=at),
        _("The applicant gets a new personal link; the earlier one ends."),
        "send",
    ),
    "revoke": Verb(
        _("Revoke the link"),
        forms.Form,
        lambda row, values, actor, at: revoke_link(application=row, actor=actor, at=at),
        _("The personal link opens nothing any more."),
    ),
}
ITEM_VERBS: dict[str, Any] = {"tick": tick_item, "waive": waive_item, "reopen": reopen_item}


@dataclass(frozen=True, slots=True)
class Button:
    """A verb as the page shows it."""

    name: str
    label: Any
    url: str
    method: str
    why_not: str
    icon: str
    is_primary: bool


def buttons_for(application: Application, actor: Actor) -> list[Button]:
    """What the actor may do with the application now, the way onward last, where the eye ends."""
    names = verbs_for(application, actor)
    primary = next((name for name in ("go-live", "move-on", "resume") if name in names), "")
    told = obstacles(application) if primary in {"go-live", "move-on"} else []
    return [
        Button(
            name=name,
            label=_onward_label(application) if name == "move-on" else VERBS[name].label,
            url=reverse("partners:application-verb", args=[application.uid, name]),
            method="get" if VERBS[name].form is not forms.Form else "post",
            why_not=told[0] if told and name == primary else "",
            icon=VERBS[name].icon,
            is_primary=name == primary,
        )
        for name in names
    ]


def _onward_label(application: Application) -> Any:
    onward = next_state(application)
    return LABELS[ONWARD[ApplicationState(onward)]]


class ApplicationVerbView(VerbFormView, ScopedObjectView):
    """One verb on one application: its form, and the call."""

    model = Application
    capability = OnboardingCapability.VIEW
    template_name = "partners/applications/verb.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["verb"] not in VERBS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("territory", "track", "parent")

    @cached_property
    def record(self) -> Application:
        return self.get_object()  # type: ignore[no-any-return]

    @property
    def verb(self) -> Verb:
        return VERBS[self.kwargs["verb"]]

    @property
    def title(self) -> Any:  # type: ignore[override]
        onward = next_state(self.record) if self.kwargs["verb"] == "move-on" else ""
        return LABELS.get(ONWARD.get(onward, ""), self.verb.label)  # type: ignore[call-overload]

    @property
    def done(self) -> Any:  # type: ignore[override]
        return self.verb.done

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.title

    def get_form(self) -> Any:
        """The form, for who may take the step."""
        self._check()
        arguments = self.form_arguments()
        arguments["initial"] = self._initial()
        if self.verb.form in (FactsForm, GoLiveForm):
            arguments["actor"] = self.actor
        return self.verb.form(**arguments)

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        is_onward = self.kwargs["verb"] in {"move-on", "go-live"}
        return {
            "record": self.record,
            "crumbs": [*CRUMBS, (self.record.organisation, url)],
            "cancel": url,
            "is_harsh": self.kwargs["verb"] in HARSH,
            "obstacles": obstacles(self.record) if is_onward else [],
            "is_below_mark": is_onward and is_below_mark(self.record),
        }

    def perform(self, values: dict[str, Any]) -> str:
        self.verb.call(self.record, values, self.actor, self.at)
        self.record.refresh_from_db()
        return self.record.get_absolute_url()

    def _check(self) -> None:
        name = self.kwargs["verb"]
        if name in NOT_DECIDERS:
            authorise(self.actor, OnboardingCapability.VIEW_APPLICANT, self.record)
            return
        if name == "go-live":
            authorise(self.actor, OnboardingCapability.GO_LIVE, self.record)
        check_decides(self.record, self.actor)

    def _initial(self) -> dict[str, Any]:
        if self.verb.form is MoveForm:
            return {"to": next_state(self.record)}
        if self.verb.form is FactsForm:
            return {name: getattr(self.record, name) for name in FactsForm.field_order or ()}
        if self.verb.form is GoLiveForm:
            lines = list(lines_named(self.record.product_line_ids))
            return {"parent": self.record.parent, "territory": self.record.territory, "product_lines": lines}
        return {}


class ItemVerbView(VerbFormView, ScopedObjectView):
    """Ticking, waiving or opening a line of the checklist again."""

    model = Application
    capability = OnboardingCapability.VIEW
    template_name = "partners/applications/verb.html"
    labels = {"tick": _("Done"), "waive": _("Waive"), "reopen": _("Open again")}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["verb"] not in ITEM_VERBS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> Application:
        return self.get_object()  # type: ignore[no-any-return]

    @cached_property
    def item(self) -> ChecklistItem:
        found = self.record.items.filter(uid=self.kwargs["item"]).first()  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    @property
    def title(self) -> Any:  # type: ignore[override]
        return f"{self.labels[self.kwargs['verb']]}: {self.item.name}"

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.labels[self.kwargs["verb"]]

    def get_form(self) -> Any:
        """The form, for who may decide about this application."""
        item = self.item
        authorise(self.actor, OnboardingCapability.DECIDE, self.record)
        form = ReasonForm if self.kwargs["verb"] == "waive" else forms.Form
        return form(**self.form_arguments()) if item else None

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {
            "record": self.record,
            "crumbs": [*CRUMBS, (self.record.organisation, url)],
            "cancel": url,
        }

    def perform(self, values: dict[str, Any]) -> str:
        ITEM_VERBS[self.kwargs["verb"]](item=self.item, **values, actor=self.actor, at=self.at)
        return f"{self.record.get_absolute_url()}#checklist"
