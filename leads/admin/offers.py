"""Offers, and taking an unanswered one back."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.lists import row_filter
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import Perform, RowVerb, flow_verbs
from leads.admin.leads import lines
from leads.admin.sections import LEADS
from leads.domain.explaining import why_you
from leads.domain.offers import withdraw_offer
from leads.models import Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.states import OFFER_FLOW
from partners.permissions import PartnerCapability


def _withdraw(name: str) -> Perform:
    return lambda row, values, actor, at: withdraw_offer(
        offer=row, reason=values["reason"], actor=actor, at=at
    )


def _partner(offer: Offer, actor: Actor) -> Any:
    return linked(offer.partner, actor, PartnerCapability.VIEW)


def _lead(offer: Offer, actor: Actor) -> Any:
    return linked(offer.lead, actor, LeadCapability.VIEW)


@admin.register(Offer, site=network_site)
class OfferAdmin(ScopedModelAdmin):
    """Every attempt to find a lead its partner."""

    section = LEADS
    view_capability = OfferCapability.VIEW
    ordering = ("-created_at", "-id")
    related = ("product_line", "partner", "lead__product_line")
    list_display = (
        Column("title", _("offer"), lambda row, actor: row.title),
        Column("partner", _("partner"), _partner),
        "state",
        "step",
        "created_at",
        "due_at",
        "answered_at",
    )
    list_filter = (
        "state",
        row_filter(title=_("product line"), name="line", lookup="product_line__in", rows=lines),
    )
    facts = (
        "state",
        "state_changed_at",
        Column("lead", _("lead"), _lead),
        Column("partner", _("partner"), _partner),
        "step",
        "distance_km",
        Column("why", _("why this partner"), lambda row, actor: "\n".join(why_you(row))),
        "message",
        "created_at",
        "due_at",
        "answered_at",
        "decline_reason",
        "decline_note",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = flow_verbs(OFFER_FLOW, ["withdraw"], _withdraw)
