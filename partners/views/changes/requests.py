"""Change requests: the list, one of them, asking, and deciding."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Conflict, NotAllowed
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView, ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, ScopedListView
from dnm.web.views.steps import Call, StepFormView
from partners.domain.changes.queries import may_request, values_of, verbs_for
from partners.domain.changes.requests import (
    VALUES,
    approve_change,
    edit_change,
    reject_change,
    request_change,
    submit_change,
    withdraw_change,
)
from partners.filters.changes import ChangeFilters
from partners.forms import ReasonForm
from partners.forms.changes import FORMS
from partners.models import ChangeRequest, Partner
from partners.models.changes import COOLING_OFF
from partners.permissions import PartnerCapability
from partners.permissions.changes import ChangeCapability
from partners.states.changes import ChangeKind, ChangeState
from partners.tables.changes import ChangeTable

CRUMBS = [(_("Change requests"), "/changes/")]
VERBS: dict[str, Call] = {
    "submit": lambda row, values, actor, at: submit_change(request=row, actor=actor, at=at),
    "approve": lambda row, values, actor, at: approve_change(request=row, actor=actor, at=at),
    "reject": lambda row, values, actor, at: reject_change(request=row, **values, actor=actor, at=at),
    "withdraw": lambda row, values, actor, at: withdraw_change(request=row, **values, actor=actor, at=at),
}
ONWARD = ("submit", "approve")


class ChangeListView(ScopedListView):
    """Requests of the reader's partners and territories."""

    model = ChangeRequest
    capability = ChangeCapability.VIEW
    table_class = ChangeTable
    filterset_class = ChangeFilters
    quick = "state"
    is_live = True
    title = _("Change requests")
    file_name = "change-requests"
    empty = Empty(
        _("No change requests yet"),
        _("Bank account, relocation, ownership and territory change by request: one asks, another approves."),
    )

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner")


class ChangeDetailView(ScopedDetailView):
    """One request: what stands and what is to come, who asked, who decides, until when it can be stopped."""

    model = ChangeRequest
    capability = ChangeCapability.VIEW
    template_name = "partners/changes/detail.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related(
            "partner", "territory", "new_territory", "requested_by__user", "decided_by__user"
        )

    def get_context_data(self, record: ChangeRequest) -> dict[str, Any]:
        is_draft = record.state == ChangeState.DRAFT
        return {
            "title": str(record),
            "crumbs": CRUMBS,
            "buttons": [_button(record, offered) for offered in verbs_for(record, self.actor)],
            "values": values_of(record, self.actor),
            "can_edit": is_draft and may(self.actor, ChangeCapability.REQUEST, record),
            "cooling_days": COOLING_OFF.days if record.kind == ChangeKind.BANK else 0,
            "lines": lines_about(record, everything=True, request=self.request),
        }


def _button(record: ChangeRequest, offered: Any) -> dict[str, Any]:
    step = offered.transition
    return {
        "name": step.name,
        "label": step.label,
        "url": reverse("partners:change-verb", args=[record.uid, step.name]),
        "method": "get" if step.needs else "post",
        "why_not": offered.why_not,
        "tone": "primary" if step.name in ONWARD else "",
    }


class RequestChangeView(VerbFormView, ScopedObjectView):
    """Ask for a change of a partner."""

    model = Partner
    capability = PartnerCapability.VIEW
    submit = _("Save the draft")
    done = _("The draft is saved. Submit it when it is complete.")
    template_name = "partners/changes/form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["kind"] not in FORMS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def record(self) -> Partner:
        return self.get_object()  # type: ignore[no-any-return]

    @property
    def title(self) -> Any:  # type: ignore[override]
        return _("Ask for a change: {what}").format(what=ChangeKind(self.kwargs["kind"]).label.lower())

    def get_form(self) -> Any:
        """The form of the kind, for who may ask."""
        if not may_request(self.record, self.actor):
            raise NotAllowed
        return FORMS[self.kwargs["kind"]](**self.form_arguments(), actor=self.actor)

    def get_context_data(self) -> dict[str, Any]:
        url = f"{self.record.get_absolute_url()}?tab=changes"
        is_bank = self.kwargs["kind"] == ChangeKind.BANK
        return {
            "crumbs": [(self.record.trade_name, url)],
            "cancel": url,
            "cooling_days": COOLING_OFF.days if is_bank else 0,
        }

    def perform(self, values: dict[str, Any]) -> str:
        kind = self.kwargs["kind"]
        request = request_change(
            partner=self.record,
            kind=kind,
            values={name: values[name] for name in VALUES[kind]},
            reason=values["reason"],
            wanted_on=values["wanted_on"],
            actor=self.actor,
            at=self.at,
        )
        return request.get_absolute_url()


class _ChangeForm(VerbFormView, ScopedObjectView):
    """A form about one request in sight."""

    model = ChangeRequest
    capability = ChangeCapability.VIEW

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "new_territory")

    @cached_property
    def record(self) -> ChangeRequest:
        return self.get_object()  # type: ignore[no-any-return]

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (str(self.record), url)], "cancel": url}


class EditChangeView(_ChangeForm):
    """Change a draft."""

    title = _("Change the draft")
    done = _("The draft is saved. Submit it when it is complete.")

    def get_form(self) -> Any:
        """The form of the kind with what the draft says."""
        authorise(self.actor, ChangeCapability.REQUEST, self.record)
        if self.record.state != ChangeState.DRAFT:
            raise Conflict(_("It is submitted: withdraw it and ask anew."), code="not-a-draft")
        names = (*VALUES[self.record.kind], "reason", "wanted_on")
        initial = {name: getattr(self.record, name) for name in names}
        return FORMS[self.record.kind](**self.form_arguments(), actor=self.actor, initial=initial)

    def perform(self, values: dict[str, Any]) -> str:
        edit_change(
            request=self.record,
            values={name: values[name] for name in VALUES[self.record.kind]},
            reason=values["reason"],
            wanted_on=values["wanted_on"],
            actor=self.actor,
            at=self.at,
        )
        return self.record.get_absolute_url()


class ChangeVerbView(_ChangeForm, StepFormView):
    """One step of a request; asks for a reason where the step needs one."""

    verbs = VERBS

    @property
    def title(self) -> Any:  # type: ignore[override]
        return self.transition.label

    def get_form(self) -> Any:
        """The form, for who may take the step."""
        authorise(self.actor, self.transition.capability, self.record)
        if self.record.kind == ChangeKind.BANK and self.kwargs["verb"] in {"approve", "reject"}:
            authorise(self.actor, ChangeCapability.DECIDE_BANK, self.record)
        form = ReasonForm if "reason" in self.transition.needs else forms.Form
        return form(**self.form_arguments())

    def perform(self, values: dict[str, Any]) -> str:
        self.take(self.record, values)
        return self.record.get_absolute_url()
