"""Filters of partners and territories: the same for list, file and API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below, ChoiceInScope
from dnm.web.filters import PageFilterSet
from partners.models import Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.states import PartnerState


class PartnerFilters(PageFilterSet):
    """What a list of partners may be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    state = django_filters.MultipleChoiceFilter(choices=PartnerState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=PartnerKind.choices, label=_("Kind"))
    product_line = ChoiceInScope(
        ProductLine, PartnerCapability.VIEW, by="code", method="sells", label=_("Product line")
    )
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    below = Below(Partner, PartnerCapability.VIEW, tree="partner", label=_("At or below"))
    code = django_filters.CharFilter(label=_("Code"), max_length=40)

    class Meta:
        model = Partner
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(trade_name__icontains=value) | Q(code__iexact=value) | Q(postal_code=value))

    def sells(self, rows: Any, name: str, value: ProductLine | None) -> Any:
        return rows if value is None else rows.filter(product_line_ids__contains=[value.pk])


class TerritoryFilters(PageFilterSet):
    """What a list of territories may be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    kind = django_filters.CharFilter(label=_("Kind"), max_length=40)
    code = django_filters.CharFilter(label=_("Code"), max_length=60)
    below = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("At or below"))

    class Meta:
        model = Territory
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(code__iexact=value))
