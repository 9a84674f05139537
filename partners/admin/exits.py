"""Exits and their settlement in the network's administration, to be read. The portal settles."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from partners.admin.sections import PARTNERS
from partners.domain.exits import lines_of
from partners.models import ExitSettlement
from partners.permissions import PartnerCapability
from partners.permissions.exits import ExitCapability

PARTNER = Column(
    "partner", _("partner"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)
)


def _lines(settlement: ExitSettlement, actor: Actor) -> Any:
    return "\n".join(f"{item.label}: {item.get_state_display()}" for item in lines_of(settlement))


@admin.register(ExitSettlement, site=network_site)
class ExitSettlementAdmin(ScopedModelAdmin):
    """Who leaves, since when, and what is settled."""

    section = PARTNERS
    view_capability = ExitCapability.VIEW
    ordering = ("-begun_at", "-id")
    related = ("partner", "begun_by__user")
    has_history = False
    list_display = (PARTNER, "reason", "begun_at", "closed_at")
    facts = (
        PARTNER,
        "reason",
        "begun_at",
        Column("begun_by", _("begun by"), lambda row, actor: row.begun_by),
        "closed_at",
        Column("lines", _("lines"), _lines),
    )
