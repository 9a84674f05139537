"""Filters of documents: the same for list, file and API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import Below, ChoiceInScope
from dnm.web.filters import PageFilterSet
from partners.models import Document, DocumentType, Partner, PartnerKind, Territory
from partners.permissions import PartnerCapability
from partners.states.documents import DocumentState, Gate


class DocumentFilters(PageFilterSet):
    """What a list of documents may be narrowed by. `blocks` leaves those for want of which a gate is closed
    today.
    """

    q = django_filters.CharFilter(method="search", label=_("Partner"), max_length=100)
    state = django_filters.MultipleChoiceFilter(choices=DocumentState.choices, label=_("State"))
    type = ChoiceInScope(DocumentType, PartnerCapability.VIEW, by="code", label=_("Document"))
    blocks = django_filters.ChoiceFilter(choices=Gate.choices, method="closed", label=_("Blocks now"))
    due_on = django_filters.DateFromToRangeFilter(label=_("Due"))
    kind = django_filters.MultipleChoiceFilter(
        field_name="partner__kind", choices=PartnerKind.choices, label=_("Kind of partner")
    )
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    below = Below(Partner, PartnerCapability.VIEW, tree="partner", label=_("At or below"))
    partner = ChoiceInScope(Partner, PartnerCapability.VIEW, by="uid", label=_("Partner"))

    class Meta:
        model = Document
        fields: list[str] = []

    @property
    def qs(self) -> Any:
        """Only what is asked for at present."""
        return super().qs.wanted()

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(partner__trade_name__icontains=value) | Q(partner__code__iexact=value))

    def closed(self, rows: Any, name: str, value: str) -> Any:
        return rows.closing(timezone.localdate()).filter(type__gates__contains=[value]) if value else rows
