"""Change requests and bank accounts in the network's administration, to be read. The portal decides."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dnm.web.admin.columns import Column, linked, masked
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from partners.admin.sections import PARTNERS
from partners.models import BankAccount, ChangeRequest
from partners.models.changes import BANK_FIELDS
from partners.permissions import PartnerCapability
from partners.permissions.changes import ChangeCapability

PARTNER = Column(
    "partner", _("partner"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)
)
BANK = tuple(
    Column(name, BankAccount._meta.get_field(name).verbose_name, masked(name)) for name in BANK_FIELDS
)


@admin.register(ChangeRequest, site=network_site)
class ChangeRequestAdmin(ScopedModelAdmin):
    """Who asked for what, and who decided."""

    section = PARTNERS
    view_capability = ChangeCapability.VIEW
    ordering = ("-created_at", "-id")
    related = ("partner", "new_territory", "requested_by__user", "decided_by__user")
    list_display = ("kind", PARTNER, "state", "created_at", "effective_at")
    list_filter = ("state", "kind")
    facts = (
        "kind",
        PARTNER,
        "state",
        "state_changed_at",
        "reason",
        *BANK,
        "address",
        "postal_code",
        "legal_name",
        "owner_name",
        Column("new_territory", _("new territory"), lambda row, actor: row.new_territory),
        Column("requested_by", _("asked by"), lambda row, actor: row.requested_by),
        Column("decided_by", _("decided by"), lambda row, actor: row.decided_by),
        "created_at",
        "decided_at",
        "effective_at",
    )


@admin.register(BankAccount, site=network_site)
class BankAccountAdmin(ScopedModelAdmin):
    """Every account that a partner had, and since when. None is entered here."""

    section = PARTNERS
    view_capability = ChangeCapability.VIEW
    ordering = ("-valid_from", "-id")
    related = ("partner",)
    has_history = False
    list_display = (PARTNER, *BANK[:2], "valid_from", "valid_to")
    facts = (PARTNER, *BANK, "valid_from", "valid_to")
