"""Filters of partners and territories: the same for list, file and API."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.web.filters import PageFilterSet
from partners.models import Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.states import PartnerState

NOBODY = Actor.system("nobody", 0)


def lines(request: HttpRequest | None) -> Any:
    """The network's product lines, for a choice."""
    return ProductLine.objects.visible_to(getattr(request, "actor", None) or NOBODY, PartnerCapability.VIEW)


def territories(request: HttpRequest | None) -> Any:
    """The network's territories, for a choice."""
    actor = getattr(request, "actor", None) or NOBODY
    return Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)


def partners(request: HttpRequest | None) -> Any:
    """The partners that the one who asks may see, for a choice."""
    return Partner.objects.visible_to(getattr(request, "actor", None) or NOBODY, PartnerCapability.VIEW)


class LineFilter(django_filters.ModelChoiceFilter):
    """A product line, by code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=lines, to_field_name="code", label=_("Product line"), **kwargs)


class BelowTerritoryFilter(django_filters.ModelChoiceFilter):
    """A territory and everything in it, by id, over rows with level columns."""

    def __init__(self, **kwargs: Any) -> None:
        hidden = {"to_field_name": "uid", "label": _("Territory"), "widget": forms.HiddenInput}
        super().__init__(queryset=territories, **(hidden | kwargs))

    def filter(self, qs: Any, value: Territory | None) -> Any:
        return qs if value is None else qs.filter(**{f"territory_{value.level}": value.pk})


class BelowPartnerFilter(django_filters.ModelChoiceFilter):
    """A partner and everything below it, by id, over rows with level columns."""

    def __init__(self, **kwargs: Any) -> None:
        hidden = {"to_field_name": "uid", "label": _("Partner"), "widget": forms.HiddenInput}
        super().__init__(queryset=partners, **(hidden | kwargs))

    def filter(self, qs: Any, value: Partner | None) -> Any:
        return qs if value is None else qs.filter(**{f"partner_{value.level}": value.pk})


class PartnerFilters(PageFilterSet):
    """What a list of partners may be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    state = django_filters.MultipleChoiceFilter(choices=PartnerState.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=PartnerKind.choices, label=_("Kind"))
    product_line = LineFilter(method="sells")
    territory = BelowTerritoryFilter()
    below = BelowPartnerFilter(label=_("At or below"))
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
    below = BelowTerritoryFilter(label=_("At or below"))

    class Meta:
        model = Territory
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(code__iexact=value))
