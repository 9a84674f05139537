"""Filters of standings: the same for list, file and API."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below, ChoiceInScope
from dnm.web.filters import PageFilterSet
from partners.domain.tiers.queries import FALLING, RISING
from partners.models import Partner, Territory, Tier, TierStanding
from partners.permissions import PartnerCapability
from partners.permissions.tiers import TierCapability

COURSES = {
    "rising": RISING,
    "falling": FALLING,
    "grace": Q(is_in_grace=True),
    "by_hand": Q(override_tier__isnull=False),
}


class HeldTier(ChoiceInScope):
    """The tier that counts now: the one set by hand before the earned one."""

    def filter(self, qs: Any, value: Any) -> Any:
        return qs if value is None else qs.filter(Q(override_tier=value) | Q(override_tier=None, tier=value))


class StandingFilters(PageFilterSet):
    """What a list of standings may be narrowed by."""

    course = django_filters.ChoiceFilter(
        choices=[
            ("rising", _("Rising")),
            ("falling", _("At risk")),
            ("grace", _("In grace")),
            ("by_hand", _("Set by hand")),
        ],
        method="by_course",
        label=_("Course"),
        widget=forms.Select,
    )
    tier = HeldTier(Tier, TierCapability.VIEW_LADDER, by="uid", label=_("Tier"))
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    partner = Below(Partner, PartnerCapability.VIEW, tree="partner", label=_("Partner"))

    class Meta:
        model = TierStanding
        fields: list[str] = []

    def by_course(self, rows: Any, name: str, value: str) -> Any:
        """Those that rise, are at risk, in grace, or set by hand."""
        return rows.filter(COURSES[value]) if value in COURSES else rows
