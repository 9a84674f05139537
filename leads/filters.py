"""Filters of leads and offers: the same for list, file and API. None of them reads what a mask may hide."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.api.filtering import Below, ChoiceInScope, OrganisationFilter
from dnm.web.filters import PageFilterSet
from leads.models import Lead, Offer
from leads.permissions import LeadCapability
from leads.states import LeadState, OfferState
from partners.models import Partner, ProductLine, Territory
from partners.permissions import PartnerCapability


class LeadFilters(PageFilterSet):
    """What a list of leads may be narrowed by.

    `q` looks for a postal code or a place; and for a name, phone or e-mail only among the leads whose contact
    data the one who asks may see: otherwise the number of hits would tell what the mask hides.
    """

    q = django_filters.CharFilter(method="search", label=_("Search"), max_length=100)
    state = django_filters.MultipleChoiceFilter(
        choices=LeadState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    product_line = ChoiceInScope(ProductLine, PartnerCapability.VIEW, by="code", label=_("Product line"))
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    partner = Below(
        Partner, PartnerCapability.VIEW, tree="partner", as_was="organisation", label=_("Partner")
    )
    organisation = OrganisationFilter()
    source = django_filters.CharFilter(label=_("Source"), max_length=40)
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Came in"))

    class Meta:
        model = Lead
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        contact = Q(name__icontains=value) | Q(phone=_dialled(value)) | Q(email=value.strip().lower())
        return rows.filter(
            Q(postal_code=value)
            | Q(place__icontains=value)
            | (contact & _contact_in_sight(self.request.actor))
        )


class OfferFilters(PageFilterSet):
    """What a list of offers may be narrowed by."""

    state = django_filters.MultipleChoiceFilter(
        choices=OfferState.choices, label=_("State"), widget=forms.CheckboxSelectMultiple
    )
    product_line = ChoiceInScope(ProductLine, PartnerCapability.VIEW, by="code", label=_("Product line"))
    territory = Below(Territory, PartnerCapability.VIEW_TERRITORY, tree="territory", label=_("Territory"))
    partner = Below(
        Partner, PartnerCapability.VIEW, tree="partner", as_was="organisation", label=_("Partner")
    )
    organisation = OrganisationFilter()
    lead = django_filters.UUIDFilter(field_name="lead__uid", label=_("Lead"), widget=forms.HiddenInput)
    created = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Offered"))

    class Meta:
        model = Offer
        fields: list[str] = []


def _dialled(value: str) -> str:
    return "".join(sign for sign in value if sign.isdigit() or sign == "+") or "-"


def _contact_in_sight(actor: Actor) -> Q:
    terms = Q(pk__in=[])
    for branch in Lead.scope_branches(actor, LeadCapability.VIEW_CONTACT):
        terms |= branch.q
    return terms
