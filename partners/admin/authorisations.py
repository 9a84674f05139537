"""Authorisations: giving one, giving it a last day."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.forms import ActorForm, DayField, RowChoice, VerbForm
from dnm.web.admin.lists import row_filter
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb
from partners.admin.partners import lines, partners, territories
from partners.admin.sections import PARTNERS
from partners.domain.authorisations import authorise_partner, end_authorisation
from partners.models import Authorisation
from partners.permissions import PartnerCapability


class NewAuthorisationForm(ActorForm):
    """What a partner may do, for which line, where, and when."""

    partner = RowChoice(partners, label=_("Partner"), find_by=(Authorisation, "partner"))
    product_line = RowChoice(lines, label=_("Product line"))
    territory = RowChoice(
        territories,
        label=_("Territory"),
        find_by=(Authorisation, "territory"),
        required=False,
        help_text=_("Empty means everywhere."),
    )
    supplier = RowChoice(
        partners,
        label=_("Buys it from"),
        find_by=(Authorisation, "supplier"),
        required=False,
        help_text=_("Empty means its parent."),
    )
    valid_from = DayField(label=_("Valid from"))
    valid_to = DayField(label=_("Valid to"), required=False)
    field_order = (
        "partner", "product_line", "activity", "territory", "is_exclusive", "supplier", "valid_from",
        "valid_to",
    )  # fmt: skip

    class Meta:
        model = Authorisation
        fields = ["activity", "is_exclusive"]


class EndForm(VerbForm):
    """The last day."""

    valid_to = DayField(label=_("Last day"))


def _supplier(row: Authorisation, actor: Actor) -> Any:
    """The supplier, when it is in sight."""
    in_sight = row.supplier is not None and may(actor, PartnerCapability.VIEW, row.supplier)
    return linked(row.supplier, actor, PartnerCapability.VIEW) if in_sight else None


def _endable(row: Authorisation, actor: Actor) -> str | None:
    if not may(actor, PartnerCapability.AUTHORISE, row.partner):
        return None
    over = row.valid_to is not None and row.valid_to < timezone.localdate()
    return str(_("This authorisation is over.")) if over else ""


FACTS: tuple[Any, ...] = (
    Column("partner", _("partner"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)),
    Column("product_line", _("product line"), lambda row, actor: row.product_line),
    "activity",
    Column("territory", _("territory"), lambda row, actor: row.territory or _("everywhere")),
    "is_exclusive",
    Column("supplier", _("buys it from"), _supplier),
    "valid_from",
    "valid_to",
)


@admin.register(Authorisation, site=network_site)
class AuthorisationAdmin(ScopedModelAdmin):
    """What partners may do. Nothing is changed but the last day: the rest is a new authorisation."""

    section = PARTNERS
    view_capability = PartnerCapability.VIEW
    add_capability = PartnerCapability.AUTHORISE
    add_form = NewAuthorisationForm
    has_history = False
    ordering = ("-valid_from", "-id")
    related = ("partner", "product_line", "territory", "supplier")
    list_display = FACTS
    list_filter = (
        "activity",
        "is_exclusive",
        row_filter(title=_("product line"), name="line", lookup="product_line__in", rows=lines),
    )
    search_fields = ("partner__trade_name", "=partner__code")
    search_help_text = _("Part of the partner's name, or its whole code.")
    facts = FACTS
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="end",
            label=_("End"),
            capability=PartnerCapability.AUTHORISE,
            perform=lambda row, values, actor, at: end_authorisation(
                authorisation=row, **values, actor=actor, at=at
            ),
            form=EndForm,
            offered=_endable,
            is_grave=True,
        ),
    )

    def perform_add(self, request: Any, form: forms.ModelForm) -> Authorisation:
        return authorise_partner(**form.cleaned_data, actor=request.actor, at=timezone.now())
