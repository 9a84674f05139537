"""Forms of partners: what people type, before a verb judges it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.domain.places import root_territory
from partners.models import BusinessCalendar, Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.states import PartnerState

KINDS = [(value, label) for value, label in PartnerKind.choices if value != PartnerKind.BRAND_OWNER]


class PartnerFactsForm(forms.Form):
    """Facts of a partner that may be changed at any time."""

    trade_name = forms.CharField(label=_("Trade name"), max_length=150)
    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    territory: Any = forms.ModelChoiceField(label=_("Territory"), queryset=None, to_field_name="uid")
    postal_code = forms.CharField(label=_("Postal code"), max_length=12, required=False)
    address = forms.CharField(label=_("Address"), max_length=250, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, help_text=_("In degrees. Without a place no lead is near.")
    )
    longitude = forms.FloatField(label=_("Longitude"), required=False, help_text=_("In degrees."))
    product_lines: Any = forms.ModelMultipleChoiceField(
        label=_("Product lines"),
        queryset=None,
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    capacity = forms.IntegerField(
        label=_("Open leads at a time"), min_value=0, required=False, help_text=_("Empty means no limit.")
    )
    calendar: Any = forms.ModelChoiceField(
        label=_("Business calendar"),
        queryset=None,
        to_field_name="uid",
        required=False,
        help_text=_("When its clocks run. Empty means the network's."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        geography = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)
        choices: dict[str, Any] = {
            "territory": geography.order_by("path"),
            "product_lines": ProductLine.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name"),
            "calendar": BusinessCalendar.objects.visible_to(actor, PartnerCapability.VIEW).order_by("name"),
        }
        for name, rows in choices.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class NewPartnerForm(PartnerFactsForm):
    """A partner that is entered by hand."""

    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("As your other systems name it."))
    parent: Any = forms.ModelChoiceField(label=_("Buys from"), queryset=None, to_field_name="uid")
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            (state, state.label)
            for state in (PartnerState.PROSPECT, PartnerState.ONBOARDING, PartnerState.LIVE)
        ],
    )
    field_order = ("code", "trade_name", "legal_name", "kind", "parent", "territory")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        parents = Partner.objects.visible_to(actor, PartnerCapability.ADD).order_by("trade_name")
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["territory"].initial = root_territory()


class ReasonForm(forms.Form):
    """Why: for transitions that need it."""

    reason = forms.CharField(label=_("Reason"), max_length=250, widget=forms.Textarea({"rows": 3}))
