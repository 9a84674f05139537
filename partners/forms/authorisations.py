"""Forms of authorisations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from partners.forms.organisation import PartnerByCode
from partners.models import Activity, ProductLine, Territory
from partners.permissions import PartnerCapability


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs
    )


class AuthoriseForm(forms.Form):
    """What a partner may do, for which line, where, and when."""

    product_line: Any = forms.ModelChoiceField(label=_("Product line"), queryset=None, to_field_name="uid")
    activity = forms.ChoiceField(label=_("Activity"), choices=Activity.choices)
    territory: Any = forms.ModelChoiceField(
        label=_("Territory"),
        queryset=None,
        to_field_name="uid",
        required=False,
        empty_label=_("Everywhere"),
        help_text=_("And everything that lies in it."),
    )
    is_exclusive = forms.BooleanField(
        label=_("Exclusive"), required=False, help_text=_("Nobody but this partner and its downstream.")
    )
    supplier = PartnerByCode(
        label=_("Buys it from"),
        capability=PartnerCapability.VIEW,
        required=False,
        help_text=_("Code of the partner that supplies this line. Empty means its parent."),
    )
    valid_from = _day(_("From"))
    valid_to = _day(_("To"), required=False, help_text=_("Empty means for good."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        geography = Territory.objects.visible_to(actor, PartnerCapability.VIEW_TERRITORY)
        lines = ProductLine.objects.visible_to(actor, PartnerCapability.VIEW)
        self.fields["territory"].queryset = geography.order_by("path")  # type: ignore[attr-defined]
        self.fields["product_line"].queryset = lines.order_by("name")  # type: ignore[attr-defined]
        self.fields["supplier"].actor = actor  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """The last day."""

    valid_to = _day(_("Last day"), help_text=_("Today or later."))
