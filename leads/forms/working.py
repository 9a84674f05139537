"""Forms of the verbs on a lead, and of entering one by hand."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from leads.models.leads import SOURCES
from partners.models import Partner, ProductLine
from partners.permissions import PartnerCapability

THREE_LINES = forms.Textarea(attrs={"rows": 3})
BY_HAND = ("phone", "fair", "website", "campaign", "partner")


class NoFieldsForm(forms.Form):
    """A verb that asks for nothing but a yes."""


class ReasonForm(forms.Form):
    """A verb that asks why."""

    reason = forms.CharField(label=_("Reason"), max_length=250, widget=THREE_LINES)


class ContactForm(forms.Form):
    """The first contact and how it was made."""

    proof = forms.CharField(
        label=_("How was the customer reached?"),
        help_text=_("For example: called at 10:20, visit agreed for Thursday."),
        max_length=250,
        widget=THREE_LINES,
    )


class WinForm(forms.Form):
    """A sale and its proof."""

    proof_of_sale = forms.CharField(
        label=_("Order or serial number"),
        help_text=_("Of the order, or of the unit that was sold."),
        max_length=80,
    )


class LoseForm(forms.Form):
    """A loss, why, and to whom."""

    reason = forms.CharField(
        label=_("Why was it lost?"), max_length=250, widget=forms.Textarea(attrs={"rows": 3})
    )
    competitor = forms.CharField(label=_("Competitor"), max_length=120, required=False)


class OfferByHandForm(forms.Form):
    """A partner of one's choice: one of the nearest, or any other by its code."""

    partner = forms.ChoiceField(label=_("Nearest partners"), widget=forms.RadioSelect, required=False)
    code = forms.CharField(label=_("Or another partner's code"), max_length=40, required=False)

    def __init__(self, *args: Any, actor: Actor, nearest: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = Partner.objects.visible_to(actor, PartnerCapability.VIEW)
        choice: Any = self.fields["partner"]
        choice.choices = nearest
        if not nearest:
            del self.fields["partner"]
            self.fields["code"].label = _("The partner's code")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        code, uid = values.get("code", ""), values.get("partner") or UUID(int=0)
        chosen = self.partners.filter(code=code) if code else self.partners.filter(uid=uid)
        values["chosen"] = chosen.first()
        if values["chosen"] is None and not self.errors:
            self.add_error(
                "code", _("There is no such partner in your territory.") if code else _("Choose a partner.")
            )
        return values


class NewLeadForm(forms.Form):
    """A lead that somebody of the network writes down."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        required=False,
        help_text=_("A phone number or an e-mail address is needed."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    postal_code = forms.CharField(label=_("Postal code"), max_length=12, help_text=_("Decides who is near."))
    product_line = forms.ModelChoiceField(
        label=_("Product line"),
        queryset=ProductLine.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("Not known yet"),
    )
    message = forms.CharField(
        label=_("What is needed?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.ChoiceField(label=_("Source"), choices=[one for one in SOURCES if one[0] in BY_HAND])
    consent = forms.BooleanField(label=_("The customer agreed to be called"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines: Any = self.fields["product_line"]
        lines.queryset = ProductLine.objects.visible_to(actor, PartnerCapability.VIEW)
