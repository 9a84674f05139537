"""Who holds which role where: granting, limiting and taking away."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.forms import ActorForm, DayField, RowChoice, RowChoices
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb
from partners.admin.partners import lines, partners, territories
from partners.admin.sections import PEOPLE
from partners.domain.access import Holding, grant_role, revoke_role
from partners.domain.holdings import (
    partner_holdings_visible_to,
    territories_in_reach,
    territory_holdings_visible_to,
)
from partners.domain.people import members_visible_to
from partners.models import PartnerHolding, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, STAFF_ROLES, Role

LIMITS = ("within_territory", "product_lines", "valid_from", "valid_to")
STAFF = [(str(role), ROLE_LABELS[role]) for role in Role if role in STAFF_ROLES]
ALL_ROLES = [(str(role), ROLE_LABELS[role]) for role in Role]


class LimitsForm(ActorForm):
    """What narrows a role: a part of the geography, some product lines, a time."""

    within_territory = RowChoice(
        territories,
        label=_("Only within"),
        required=False,
        find_by=(PartnerHolding, "within_territory"),
        help_text=_("Empty means wherever the role reaches."),
    )
    product_lines = RowChoices(
        lines, label=_("Only for"), required=False, help_text=_("Nothing chosen means all product lines.")
    )
    valid_from = DayField(label=_("From"), required=False)
    valid_to = DayField(label=_("Until, that day included"), required=False)
    field_order = LIMITS

    class Meta:
        model = PartnerHolding
        fields = ["within_territory", "valid_from", "valid_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.product_line_ids is not None:
            field: Any = self.fields["product_lines"]
            self.initial["product_lines"] = list(field.queryset.filter(pk__in=self.instance.product_line_ids))

    def limits(self) -> dict[str, Any]:
        """The limits in the words of `grant_role`."""
        chosen = [line.pk for line in self.cleaned_data["product_lines"]]
        return {
            "within_territory": self.cleaned_data["within_territory"],
            "product_line_ids": chosen or None,
            "valid_from": self.cleaned_data["valid_from"],
            "valid_to": self.cleaned_data["valid_to"],
        }


class TerritoryLimitsForm(LimitsForm):
    class Meta(LimitsForm.Meta):
        model = TerritoryHolding


class NewPartnerRoleForm(LimitsForm):
    """A role at a partner and everything below it."""

    membership = RowChoice(members_visible_to, label=_("Member"), find_by=(PartnerHolding, "membership"))
    role = forms.ChoiceField(
        label=_("Role"),
        choices=ALL_ROLES,
        initial=str(Role.SALES),
        help_text=_("Roles of the brand owner's staff are held at the brand owner itself or at territories."),
    )
    content_object = RowChoice(partners, label=_("At"), find_by=(PartnerHolding, "content_object"))
    field_order = ("membership", "role", "content_object", *LIMITS)


class NewTerritoryRoleForm(TerritoryLimitsForm):
    """A role of the brand owner's staff at a territory and everything below it."""

    membership = RowChoice(members_visible_to, label=_("Member"), find_by=(TerritoryHolding, "membership"))
    role = forms.ChoiceField(label=_("Role"), choices=STAFF)
    content_object = RowChoice(
        lambda actor: territories_in_reach(actor, PartnerCapability.MANAGE_PEOPLE),
        label=_("At"),
        find_by=(TerritoryHolding, "content_object"),
    )
    field_order = ("membership", "role", "content_object", *LIMITS)


def _role(row: Holding, actor: Actor) -> Any:
    return ROLE_LABELS[Role(row.role)]


def _lines(row: Holding, actor: Actor) -> Any:
    ids = row.product_line_ids
    return _("all") if ids is None else ", ".join(map(str, lines(actor).filter(pk__in=ids)))


def _node(row: Holding, actor: Actor) -> Any:
    return linked(row.content_object, actor, PartnerCapability.VIEW)


def _revocable(row: Holding, actor: Actor) -> str | None:
    if not may(actor, PartnerCapability.MANAGE_PEOPLE, row.content_object):
        return None
    if row.membership_id == actor.membership_id:
        return str(_("Somebody else must take a role from you."))
    return ""


class HoldingAdmin(ScopedModelAdmin):
    """Both kinds of holdings. Changing one grants the same role anew with other limits."""

    section = PEOPLE
    view_capability = PartnerCapability.VIEW_PEOPLE
    add_capability = PartnerCapability.MANAGE_PEOPLE
    change_capability = PartnerCapability.MANAGE_PEOPLE
    has_history = False
    related = ("membership__user", "permission", "content_object", "within_territory")
    list_display = (
        Column("membership", _("member"), lambda row, actor: row.membership),
        Column("role", _("role"), _role),
        Column("content_object", _("at"), _node),
        Column("within_territory", _("only within"), lambda row, actor: row.within_territory),
        "valid_from",
        "valid_to",
    )
    search_fields = ("membership__user__name", "membership__user__email")
    search_help_text = _("Part of the member's name or e-mail address.")
    facts = (
        Column("membership", _("member"), lambda row, actor: row.membership),
        Column("role", _("role"), _role),
        Column("content_object", _("at"), _node),
        Column("within_territory", _("only within"), lambda row, actor: row.within_territory),
        Column("product_lines", _("only for"), _lines),
        "valid_from",
        "valid_to",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="revoke",
            label=_("Revoke"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: revoke_role(holding=row, actor=actor, at=at),
            offered=_revocable,
            is_grave=True,
        ),
    )

    def may_change(self, actor: Actor, row: Any) -> bool:
        return may(actor, PartnerCapability.MANAGE_PEOPLE, row.content_object)

    def perform_add(self, request: Any, form: Any) -> Holding:
        values = form.cleaned_data
        return grant_role(
            membership=values["membership"],
            role=Role(values["role"]),
            node=values["content_object"],
            **form.limits(),
            actor=request.actor,
            at=timezone.now(),
        )

    def perform_change(self, request: Any, row: Any, form: Any) -> Holding:
        return grant_role(
            membership=row.membership,
            role=Role(row.role),
            node=row.content_object,
            **form.limits(),
            actor=request.actor,
            at=timezone.now(),
        )


@admin.register(PartnerHolding, site=network_site)
class PartnerHoldingAdmin(HoldingAdmin):
    """Roles at partners."""

    add_form = NewPartnerRoleForm
    change_form = LimitsForm

    def rows(self, actor: Actor) -> Any:
        return partner_holdings_visible_to(actor)


@admin.register(TerritoryHolding, site=network_site)
class TerritoryHoldingAdmin(HoldingAdmin):
    """Roles at territories."""

    add_form = NewTerritoryRoleForm
    change_form = TerritoryLimitsForm

    def rows(self, actor: Actor) -> Any:
        return territory_holdings_visible_to(actor)
