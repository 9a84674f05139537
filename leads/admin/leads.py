"""Leads as the network's staff sees them: contact data masked by role, and what the desk may do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import without_contact
from dnm.scoping.authority import may
from dnm.scoping.masks import hidden_fields
from dnm.web.admin.columns import Column, link, linked, masked
from dnm.web.admin.forms import RowChoice, VerbForm
from dnm.web.admin.lists import row_filter
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import Perform, RowVerb, by_flow, flow_verbs
from leads.admin.sections import LEADS
from leads.domain.explaining import outcome_of
from leads.domain.routing import offer_by_hand, reject_lead, reroute_lead
from leads.domain.working import recycle_lead
from leads.filters import LeadFilters
from leads.models import Lead, Offer
from leads.models.leads import SOURCES
from leads.permissions import LeadCapability, OfferCapability
from leads.states import LEAD_FLOW
from partners.models import Partner, ProductLine
from partners.permissions import PartnerCapability


def lines(actor: Actor) -> Any:
    """The network's product lines, by name."""
    return ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name")


class OfferForm(VerbForm):
    """Whom to ask."""

    partner = RowChoice(
        lambda actor: Partner.objects.visible_to(actor, PartnerCapability.VIEW),
        label=_("Partner"),
        find_by=(Offer, "partner"),
    )


def _desk(name: str) -> Perform:
    def perform(lead: Lead, values: Mapping[str, Any], actor: Actor, at: datetime) -> Any:
        if name == "reroute":
            return reroute_lead(lead=lead, actor=actor, at=at)
        verb = reject_lead if name == "reject" else recycle_lead
        return verb(lead=lead, reason=values["reason"], actor=actor, at=at)

    return perform


def _message(lead: Lead, actor: Actor) -> str:
    """The message; without phone numbers and addresses for those who may not see them."""
    if "phone" in hidden_fields(actor, lead):
        return without_contact(lead.message, name=lead.name)
    return lead.message


def _source(lead: Lead, actor: Actor) -> Any:
    return dict(SOURCES).get(lead.source, lead.source)


def _partner(lead: Lead, actor: Actor) -> Any:
    return linked(lead.partner, actor, PartnerCapability.VIEW)


def _offers(lead: Lead, actor: Actor) -> Any:
    rows = Offer.objects.visible_to(actor, OfferCapability.VIEW).filter(lead=lead)
    rows = rows.select_related("partner", "product_line").order_by("step")
    return format_html_join(
        "\n",
        "<div>{}. {} · {}</div>",
        ((one.step, link(one, one.partner), one.get_state_display()) for one in rows),
    )


def _decisions(lead: Lead, actor: Actor) -> Any:
    if not may(actor, LeadCapability.VIEW_DECISION, lead):
        return None
    decisions = lead.decisions.select_related("partner").order_by("decided_at", "id")  # type: ignore[attr-defined]
    return format_html_join("\n", "<div>{}</div>", ((outcome_of(one),) for one in decisions))


@admin.register(Lead, site=network_site)
class LeadAdmin(ScopedModelAdmin):
    """Leads of the places and partners in sight. Owners work on them in the portal, not here."""

    section = LEADS
    view_capability = LeadCapability.VIEW
    ordering = ("-created_at", "-id")
    related = ("product_line", "territory", "partner")
    list_display = (
        Column("title", _("lead"), lambda row, actor: row.title),
        Column("name", _("name"), masked("name")),
        "state",
        Column("territory", _("territory"), lambda row, actor: row.territory),
        Column("partner", _("partner"), _partner),
        Column("source", _("source"), _source),
        "created_at",
    )
    list_filter = (
        "state",
        row_filter(title=_("product line"), name="line", lookup="product_line__in", rows=lines),
    )
    search_fields = ("postal_code",)
    search_help_text = _("Postal code or place; name, phone or e-mail where you may see them.")
    facts = (
        "state",
        "state_changed_at",
        "desk_reason",
        Column("name", _("name"), masked("name")),
        Column("phone", _("phone"), masked("phone")),
        Column("email", _("e-mail"), masked("email")),
        Column("address", _("address"), masked("address")),
        "postal_code",
        "place",
        Column("message", _("message"), _message),
        Column("product_line", _("product line"), lambda row, actor: row.product_line),
        Column("territory", _("territory"), lambda row, actor: row.territory),
        Column("partner", _("partner"), _partner),
        Column("offers", _("offers"), _offers),
        Column("decisions", _("routing"), _decisions),
        Column("source", _("source"), _source),
        "consent",
        "consent_version",
        "lost_reason",
        "competitor",
        "proof_of_sale",
        "created_at",
        "accepted_at",
        "first_contact_at",
        "closed_at",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        *flow_verbs(LEAD_FLOW, ["reroute", "reject", "recycle"], _desk),
        RowVerb(
            name="offer",
            label=LEAD_FLOW["offer"].label,
            capability=LeadCapability.MANAGE_DESK,
            perform=lambda row, values, actor, at: offer_by_hand(
                lead=row, partner=values["partner"], actor=actor, at=at
            ),
            form=OfferForm,
            offered=by_flow("offer"),
        ),
    )

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """The search of the portal's own list, which never looks behind a mask."""
        if not search_term.strip():
            return queryset, False
        return LeadFilters({"q": search_term.strip()}, queryset=queryset, request=request).qs, False
