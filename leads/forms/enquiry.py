"""The public enquiry form. What defends it stands in `dnm.web.public_forms`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Network
from dnm.web.public_forms import PublicForm
from partners.models import ProductLine


class EnquiryForm(PublicForm):
    """What a prospect tells."""

    purpose = "enquiry"
    people_fields = ("name", "phone", "email", "postal_code", "product_line", "message", "consent")
    free_fields = ("message", "name")

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=12, widget=forms.TextInput({"autocomplete": "postal-code"})
    )
    product_line = forms.ChoiceField(label=_("What are you interested in?"), required=False)
    message = forms.CharField(
        label=_("What do you need?"), max_length=4000, required=False, widget=forms.Textarea({"rows": 4})
    )
    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Without consent nobody may call back.")}
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, network=network, **kwargs)
        self.lines = {line.code: line for line in ProductLine.objects.order_by("name")}
        choices = [("", _("Not sure yet")), *((code, line.name) for code, line in self.lines.items())]
        self.fields["product_line"].choices = choices  # type: ignore[attr-defined]
        if network.consent_text:
            self.fields["consent"].label = network.consent_text
