"""Filters of applications: the same for list, file and API."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below
from dnm.web.filters import PageFilterSet
from partners.domain.onboarding.queries import waiting_for
from partners.models import Application, PartnerKind, Territory
from partners.permissions import PartnerCapability
from partners.states.onboarding import ApplicationState


class ApplicationFilters(PageFilterSet):
    """What a list of applications may be narrowed by. The search never looks behind the mask."""

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    state = django_filters.MultipleChoiceFilter(
        choices=ApplicationState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.MultipleChoiceFilter(
        choices=[choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER],
        label=_("Applies as"),
    )
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    waiting = django_filters.BooleanFilter(method="waits", label=_("Waits for me"))
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Came in"))

    class Meta:
        model = Application
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(
            Q(organisation__icontains=value) | Q(place__icontains=value) | Q(postal_code=value)
        )

    def waits(self, rows: Any, name: str, value: bool) -> Any:
        waiting = waiting_for(self.request.actor).order_by().values("pk")
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)
