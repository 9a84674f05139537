"""Partners: list, detail, entering, changing, and their life."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.scoping.authority import authorise, may
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView, ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from dnm.workflow.flows import Offered, available
from partners.domain.partners import change_partner_state, create_partner, update_partner
from partners.domain.queries import lines_sold_by
from partners.filters import PartnerFilters
from partners.forms import NewPartnerForm, PartnerFactsForm, ReasonForm
from partners.models import Partner
from partners.permissions import PartnerCapability
from partners.states import PARTNER_FLOW
from partners.tables import PartnerTable

CRUMBS = [(_("Partners"), "/partners/")]
FORM_FIELDS = (
    "trade_name", "legal_name", "kind", "territory", "postal_code", "address", "phone", "email",
    "latitude", "longitude", "capacity", "calendar",
)  # fmt: skip


class PartnerListView(ScopedListView):
    """Partners under the nodes at which the reader holds a role."""

    model = Partner
    capability = PartnerCapability.VIEW
    table_class = PartnerTable
    filterset_class = PartnerFilters
    orders: ClassVar[Mapping[str, Order]] = {
        "name": Order(_("By name"), ("trade_name", "id")),
        "name-down": Order(_("By name, backwards"), ("-trade_name", "-id")),
    }
    quick = "state"
    title = _("Partners")
    file_name = "partners"
    empty = Empty(_("No partners yet"), _("Enter the first one, or bring many in from a spreadsheet."))
    template_name = "partners/list.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("territory")

    def extra_context(self) -> Mapping[str, Any]:
        return {"can_add": may(self.actor, PartnerCapability.ADD)}


class PartnerDetailView(ScopedDetailView):
    """One partner: facts, what may be done now, those who buy from it, what happened."""

    model = Partner
    capability = PartnerCapability.VIEW
    template_name = "partners/detail.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("territory", "calendar", "parent")

    def get_context_data(self, record: Any) -> dict[str, Any]:
        parent = record.parent
        can_change = may(self.actor, PartnerCapability.CHANGE, record)
        context = {
            "title": record.trade_name,
            "crumbs": CRUMBS,
            "parent": parent if parent and may(self.actor, self.capability, parent) else None,
            "verbs": [_verb(record, offered) for offered in available(record, self.actor)],
            "can_change": can_change and record.parent_id is not None,
        }
        return context if self.request.GET.get("tab") else {**context, **self._overview(record, can_change)}

    def _overview(self, record: Partner, everything: bool) -> dict[str, Any]:
        """What the first tab shows."""
        lines = lines_about(record, everything=everything, request=self.request)
        return {"facts": _facts(record), "lines": lines}


class NewPartnerView(VerbFormView):
    """Enter a partner by hand."""

    capability = PartnerCapability.ADD
    form_class = NewPartnerForm
    title = _("New partner")
    submit = _("Enter partner")
    done = _("The partner is entered.")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "actor": self.actor}

    def get_context_data(self) -> dict[str, Any]:
        return {"crumbs": CRUMBS, "cancel": reverse("partners:list")}

    def perform(self, values: dict[str, Any]) -> str:
        partner = create_partner(**values, actor=self.actor, at=self.at)
        return partner.get_absolute_url()


class _PartnerForm(VerbFormView, ScopedObjectView):
    """A form about one partner in sight."""

    model = Partner

    @cached_property
    def record(self) -> Partner:
        return self.get_object()  # type: ignore[no-any-return]

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (self.record.trade_name, url)], "cancel": url}


class EditPartnerView(_PartnerForm):
    """Change facts of a partner."""

    capability = PartnerCapability.CHANGE
    form_class = PartnerFactsForm
    title = _("Change facts")
    done = _("The facts are changed.")

    def form_arguments(self) -> dict[str, Any]:
        if self.record.parent_id is None:
            raise Http404
        initial = {name: getattr(self.record, name) for name in FORM_FIELDS}
        initial["product_lines"] = list(lines_sold_by(self.record))
        return {**super().form_arguments(), "actor": self.actor, "initial": initial}

    def perform(self, values: dict[str, Any]) -> str:
        update_partner(partner=self.record, changes=values, actor=self.actor, at=self.at)
        return self.record.get_absolute_url()


class PartnerTransitionView(_PartnerForm):
    """One step of a partner's life; asks for a reason where the step needs one."""

    capability = PartnerCapability.VIEW

    @property
    def transition(self) -> Any:
        known = PARTNER_FLOW.transitions.get(self.kwargs["transition"])
        if known is None:
            raise Http404
        return known

    @property
    def title(self) -> Any:  # type: ignore[override]
        return self.transition.label

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.transition.label

    def get_form(self) -> Any:
        """The form, for who may take the step."""
        authorise(self.actor, self.transition.capability, self.record)
        return super().get_form()

    @property
    def form_class(self) -> type[forms.BaseForm]:  # type: ignore[override]
        return ReasonForm if "reason" in self.transition.needs else forms.Form

    def perform(self, values: dict[str, Any]) -> str:
        change_partner_state(
            partner=self.record,
            transition=self.transition.name,
            reason=values.get("reason", ""),
            actor=self.actor,
            at=self.at,
        )
        return self.record.get_absolute_url()


def _verb(record: Partner, offered: Offered) -> dict[str, Any]:
    step = offered.transition
    return {
        "label": step.label,
        "why_not": offered.why_not,
        "url": reverse("partners:transition", args=[record.uid, step.name]),
        "method": "get" if step.needs else "post",
        "id": step.name,
    }


def _facts(record: Partner) -> list[tuple[Any, Any]]:
    return [
        (_("Code"), record.code),
        (_("Kind"), record.get_kind_display()),
        (_("Legal name"), record.legal_name),
        (_("Territory"), record.territory),
        (_("Postal code"), record.postal_code),
        (_("Address"), record.address),
        (_("Phone"), record.phone),
        (_("E-mail"), record.email),
        (_("Product lines"), ", ".join(line.name for line in lines_sold_by(record))),
        (_("Open leads at a time"), _("no limit") if record.capacity is None else record.capacity),
        (_("Business calendar"), record.calendar or _("the network's")),
    ]
