"""Filters of change requests: the same for list, file and API."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below
from dnm.web.filters import PageFilterSet
from partners.models import ChangeRequest, Partner, Territory
from partners.permissions import PartnerCapability
from partners.states.changes import ChangeKind, ChangeState


class ChangeFilters(PageFilterSet):
    """What a list of change requests may be narrowed by."""

    state = django_filters.MultipleChoiceFilter(
        choices=ChangeState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.MultipleChoiceFilter(
        choices=ChangeKind.choices, label=_("What"), widget=forms.CheckboxSelectMultiple
    )
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    partner = Below(Partner, PartnerCapability.VIEW, tree="partner", label=_("Partner"))
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Asked"))

    class Meta:
        model = ChangeRequest
        fields: list[str] = []
