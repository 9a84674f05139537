"""Leads: the list, the desk, one lead with its history and the reasons of routing, and entering one by
hand.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.middleware import require_network
from dnm.scoping.authority import may
from dnm.scoping.masks import hidden_fields
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from leads.domain.intake import capture_lead
from leads.domain.queries import attempts, explanations
from leads.filters import LeadFilters
from leads.forms.working import NewLeadForm
from leads.models import Lead
from leads.permissions import LeadCapability
from leads.states import LeadState
from leads.tables import DeskTable, LeadTable, source_name
from leads.views.verbs import buttons_for
from partners.permissions import PartnerCapability

S = LeadState
CRUMBS = [(_("Leads"), "/leads/")]


class LeadListView(ScopedListView):
    """Leads of the reader's partners and territories."""

    model = Lead
    capability = LeadCapability.VIEW
    table_class = LeadTable
    filterset_class = LeadFilters
    quick = "state"
    is_live = True
    quick_values = (S.OFFERED, S.WAITING, S.DESK, S.ACCEPTED, S.CONTACTED, S.QUOTED, S.WON, S.LOST)
    title = _("Leads")
    file_name = "leads"
    empty = Empty(
        _("No leads yet"), _("They come from the enquiry form, from campaigns and from the telephone.")
    )
    template_name = "leads/list.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line", "partner", "territory")

    def extra_context(self) -> Mapping[str, Any]:
        return {"may_add": may(self.actor, LeadCapability.ADD)}


class DeskView(ScopedListView):
    """Leads that nobody could take: the network's people decide, the longest waiting first."""

    model = Lead
    capability = LeadCapability.MANAGE_DESK
    table_class = DeskTable
    filterset_class = LeadFilters
    orders: ClassVar[Mapping[str, Order]] = {
        "waiting": Order(_("Longest waiting first"), ("state_changed_at", "id")),
        "newest": Order(_("Newest first"), ("-created_at", "-id")),
    }
    quick = "state"
    is_live = True
    quick_values = (S.DESK, S.WAITING)
    title = _("Desk")
    file_name = "desk"
    empty = Empty(_("The desk is clear"), _("Leads that no partner can take come here with the reason."))
    crumbs = CRUMBS

    def narrowed(self, rows: Any) -> Any:
        return rows.filter(state__in=[S.DESK, S.WAITING])

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line", "territory")

    def extra_context(self) -> Mapping[str, Any]:
        return {"crumbs": CRUMBS}


class LeadDetailView(ScopedDetailView):
    """One lead: who, what, where it stands, what may be done, why it went there, what happened."""

    model = Lead
    capability = LeadCapability.VIEW
    template_name = "leads/detail.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("product_line", "partner", "territory", "duplicate_of__product_line")

    def get_context_data(self, record: Lead) -> dict[str, Any]:
        tried = attempts(record, self.actor)
        return {
            "crumbs": CRUMBS,
            "buttons": buttons_for(record, self.actor),
            "source": source_name(record.source),
            "is_masked": bool(hidden_fields(self.actor, record)),
            "original": self._original(record),
            "sees_partner": record.partner is not None
            and may(self.actor, PartnerCapability.VIEW, record.partner),
            "attempts": tried,
            "live_offer": next((offer for offer in tried if offer.is_live), None),
            "explanations": explanations(record, self.actor),
            "lines": lines_about(
                record,
                everything=may(self.actor, LeadCapability.VIEW_DECISION, record),
                request=self.request,
            ),
        }

    def _original(self, record: Lead) -> Lead | None:
        """The lead that this one repeats, for those who may open that one too."""
        first = record.duplicate_of
        return first if first is not None and may(self.actor, LeadCapability.VIEW, first) else None


class NewLeadView(VerbFormView):
    """A lead that came by telephone or at a fair."""

    capability = LeadCapability.ADD
    form_class = NewLeadForm
    title = _("New lead")
    submit = _("Take the lead in")
    done = _("The lead is in and is being routed.")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "actor": self.actor}

    def get_context_data(self) -> dict[str, Any]:
        return {"crumbs": CRUMBS, "cancel": reverse("leads:list")}

    def perform(self, values: dict[str, Any]) -> str:
        lead = capture_lead(**values, network=require_network(self.request), actor=self.actor, at=self.at)
        lead.refresh_from_db()
        return (
            lead.get_absolute_url() if may(self.actor, LeadCapability.VIEW, lead) else reverse("leads:list")
        )
