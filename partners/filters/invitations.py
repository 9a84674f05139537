"""Filters of invitations: the same for list, file and API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below
from dnm.web.filters import PageFilterSet
from partners.models import Invitation, InvitationState, Partner
from partners.permissions import PartnerCapability


class InvitationFilters(PageFilterSet):
    """What a list of invitations may be narrowed by."""

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    state = django_filters.ChoiceFilter(
        choices=InvitationState.choices, method="in_state", label=_("State"), empty_label=_("All")
    )
    below = Below(Partner, PartnerCapability.VIEW_PEOPLE, tree="partner", label=_("At or below"))

    class Meta:
        model = Invitation
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value))

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        return rows.in_state(value, timezone.now())
