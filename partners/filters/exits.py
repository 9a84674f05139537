"""Filters of the lines that leaving partners have to settle."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below
from dnm.web.filters import PageFilterSet
from partners.models import Partner, SettlementItem, Territory
from partners.permissions import PartnerCapability
from partners.states.exits import SettlementState


class SettlementFilters(PageFilterSet):
    """What the lines may be narrowed by. `running` leaves away those of exits that are over."""

    state = django_filters.MultipleChoiceFilter(
        choices=SettlementState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    running = django_filters.BooleanFilter(
        field_name="settlement__closed_at", lookup_expr="isnull", label=_("Exit under way")
    )
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    partner = Below(Partner, PartnerCapability.VIEW, tree="partner", label=_("Partner"))

    class Meta:
        model = SettlementItem
        fields: list[str] = []
