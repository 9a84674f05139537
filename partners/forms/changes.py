"""Forms of change requests, one for each kind."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.models import Territory
from partners.permissions import PartnerCapability
from partners.states.changes import ChangeKind


class _ChangeForm(forms.Form):
    """What every kind asks besides."""

    reason = forms.CharField(label=_("Why"), max_length=250, widget=forms.Textarea({"rows": 3}))
    wanted_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty means as soon as it is approved."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in {"reason", "wanted_on"}])

    def values(self) -> dict[str, Any]:
        """Those of the kind."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name not in ASIDE}


ASIDE = frozenset({"reason", "wanted_on"})


class BankForm(_ChangeForm):
    """Another bank account. It takes effect after the cooling-off."""

    holder = forms.CharField(label=_("Account holder"), max_length=120)
    bank_name = forms.CharField(label=_("Bank"), max_length=120)
    account_number = forms.CharField(
        label=_("Account number or IBAN"), max_length=42, widget=forms.TextInput({"autocomplete": "off"})
    )
    routing_code = forms.CharField(
        label=_("IFSC or BIC"), max_length=24, widget=forms.TextInput({"autocomplete": "off"})
    )


class RelocationForm(_ChangeForm):
    """Another place."""

    address = forms.CharField(label=_("New address"), max_length=250)
    postal_code = forms.CharField(label=_("Postal code"), max_length=12)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, help_text=_("Empty means that of the postal code.")
    )
    longitude = forms.FloatField(label=_("Longitude"), required=False)


class OwnershipForm(_ChangeForm):
    """Another owner."""

    legal_name = forms.CharField(label=_("New legal name"), max_length=200)
    owner_name = forms.CharField(label=_("New owner"), max_length=120)


class TerritoryForm(_ChangeForm):
    """Another territory."""

    new_territory: Any = forms.ModelChoiceField(label=_("New territory"), queryset=None, to_field_name="uid")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        places = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)
        self.fields["new_territory"].queryset = places.order_by("path")  # type: ignore[attr-defined]


FORMS: dict[str, type[_ChangeForm]] = {
    ChangeKind.BANK: BankForm,
    ChangeKind.RELOCATION: RelocationForm,
    ChangeKind.OWNERSHIP: OwnershipForm,
    ChangeKind.TERRITORY: TerritoryForm,
}
