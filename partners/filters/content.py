"""Filters of publications: the same for list, file and API."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import NOBODY
from dnm.web.filters import PageFilterSet
from partners.models import Publication
from partners.states.content import PublicationKind, PublicationState

READING = [("unread", _("Not read")), ("owed", _("To acknowledge"))]


class PublicationFilters(PageFilterSet):
    """What a list of publications may be narrowed by."""

    reading = django_filters.ChoiceFilter(
        choices=READING, method="by_reading", label=_("Reading"), widget=forms.Select
    )
    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label=_("Title"), max_length=100
    )
    kind = django_filters.MultipleChoiceFilter(choices=PublicationKind.choices, label=_("Kind"))
    state = django_filters.MultipleChoiceFilter(choices=PublicationState.choices, label=_("State"))
    dated_at = django_filters.DateFromToRangeFilter(label=_("Date"))

    class Meta:
        model = Publication
        fields: list[str] = []

    def by_reading(self, rows: Any, name: str, value: str) -> Any:
        """What the one who asks has not acknowledged, all of it or what must be."""
        rows = rows.unread_by(getattr(self.request, "actor", None) or NOBODY)
        return rows.filter(is_mandatory=True) if value == "owed" else rows
