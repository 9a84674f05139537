"""Territories and postal areas."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, link
from dnm.web.admin.forms import ActorForm, RowChoice
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from partners.admin.partners import territories
from partners.admin.sections import PARTNERS
from partners.domain.territories import (
    create_postal_area,
    create_territory,
    update_postal_area,
    update_territory,
)
from partners.models import PostalArea, Territory
from partners.permissions import PartnerCapability


class TerritoryForm(ActorForm):
    """Facts of a territory."""

    class Meta:
        model = Territory
        fields = ["name", "code", "kind", "latitude", "longitude"]


class NewTerritoryForm(TerritoryForm):
    """A territory below another one."""

    parent = RowChoice(territories, label=_("Lies in"), find_by=(Territory, "parent"))
    field_order = ("parent", "name", "code", "kind", "latitude", "longitude")


class AreaForm(ActorForm):
    """Where a postal code lies."""

    territory = RowChoice(territories, label=_("Territory"), find_by=(PostalArea, "territory"))

    class Meta:
        model = PostalArea
        fields = ["name", "territory", "latitude", "longitude"]


class NewAreaForm(AreaForm):
    """A postal code."""

    class Meta(AreaForm.Meta):
        fields = ["country", "code", *AreaForm.Meta.fields]


def _parent(row: Territory, actor: Actor) -> Any:
    return link(row.parent, row.parent) if row.parent else None


def _territory(row: PostalArea, actor: Actor) -> Any:
    return link(row.territory, row.territory)


@admin.register(Territory, site=network_site)
class TerritoryAdmin(ScopedModelAdmin):
    """The geography tree: seen by all of the staff, kept by those who manage the place."""

    section = PARTNERS
    view_capability = PartnerCapability.VIEW_TERRITORY
    add_capability = PartnerCapability.MANAGE_TERRITORY
    change_capability = PartnerCapability.MANAGE_TERRITORY
    add_form = NewTerritoryForm
    change_form = TerritoryForm
    ordering = ("code", "id")
    related = ("parent",)
    list_display = ("name", "code", "kind", Column("parent", _("lies in"), _parent))
    search_fields = ("name", "=code")
    search_help_text = _("Part of the name, or the whole code.")
    facts = ("name", "code", "kind", Column("parent", _("lies in"), _parent), "latitude", "longitude")

    def choice_label(self, row: Any) -> str:
        return f"{row.name} ({row.code})"

    def perform_add(self, request: Any, form: ActorForm) -> Territory:
        return create_territory(**form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: Territory, form: ActorForm) -> Territory:
        return update_territory(territory=row, changes=form.changes(), actor=request.actor, at=timezone.now())


@admin.register(PostalArea, site=network_site)
class PostalAreaAdmin(ScopedModelAdmin):
    """Postal codes and the territories that serve them."""

    section = PARTNERS
    view_capability = PartnerCapability.VIEW_TERRITORY
    add_capability = PartnerCapability.MANAGE_TERRITORY
    change_capability = PartnerCapability.MANAGE_TERRITORY
    add_form = NewAreaForm
    change_form = AreaForm
    ordering = ("country", "code", "id")
    related = ("territory",)
    has_history = True
    list_display = (
        "code",
        "country",
        "name",
        Column("territory", _("territory"), _territory),
        "latitude",
        "longitude",
    )
    search_fields = ("=code", "name")
    search_help_text = _("The whole postal code, or part of the place's name.")
    facts = (
        "country",
        "code",
        "name",
        Column("territory", _("territory"), _territory),
        "latitude",
        "longitude",
    )

    def may_change(self, actor: Actor, row: Any) -> bool:
        return may(actor, self.change_capability, row.territory)

    def perform_add(self, request: Any, form: ActorForm) -> PostalArea:
        return create_postal_area(**form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: PostalArea, form: ActorForm) -> PostalArea:
        return update_postal_area(area=row, changes=form.changes(), actor=request.actor, at=timezone.now())
