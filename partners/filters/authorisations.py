"""Filters of authorisations: the same for list, file and API."""

from typing import Any

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import ChoiceInScope
from dnm.web.filters import PageFilterSet
from partners.domain.authorisations import today_in
from partners.models import Activity, Authorisation, Partner, ProductLine, Territory
from partners.permissions import PartnerCapability

RUNNING, COMING, OVER = "running", "coming", "over"


class AuthorisationFilters(PageFilterSet):
    """What a list of authorisations may be narrowed by. `time` is judged by today's date."""

    time = django_filters.ChoiceFilter(
        choices=[(RUNNING, _("Running")), (COMING, _("Coming")), (OVER, _("Over"))],
        method="at_this_time",
        label=_("Time"),
    )
    activity = django_filters.MultipleChoiceFilter(choices=Activity.choices, label=_("Activity"))
    product_line = ChoiceInScope(ProductLine, PartnerCapability.VIEW, by="code", label=_("Product line"))
    partner = ChoiceInScope(
        Partner, PartnerCapability.VIEW, by="uid", label=_("Partner"), widget=forms.HiddenInput
    )
    territory = ChoiceInScope(
        Territory, PartnerCapability.VIEW_TERRITORY, by="code", label=_("Territory"), widget=forms.TextInput
    )
    exclusive = django_filters.BooleanFilter(field_name="is_exclusive", label=_("Exclusive"))

    class Meta:
        model = Authorisation
        fields: list[str] = []

    def at_this_time(self, rows: Any, name: str, value: str) -> Any:
        today = today_in(self.request.actor.network_id, timezone.now())
        if value == RUNNING:
            return rows.live_on(today)
        return rows.filter(valid_from__gt=today) if value == COMING else rows.filter(valid_to__lt=today)
