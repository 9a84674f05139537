"""The public enquiry form: no script, no cookie, and still not a door for robots.

What defends it: a signed timestamp (too fast or too old is refused), a field that people do not see, rate
limits in the view, and a look at the content. A suspicious enquiry is kept and marked, not thrown away.
"""

from datetime import timedelta
from typing import Any

import uuid_utils.compat
from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Network
from leads.domain.contact import LINK
from partners.models import ProductLine

FASTEST = timedelta(seconds=2)
OLDEST = timedelta(hours=12)
MOST_LINKS = 2


class EnquiryForm(forms.Form):
    """What a prospect tells. `ticket` carries when and for which network the form was drawn, signed."""

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
    website = forms.CharField(required=False, max_length=500)
    ticket = forms.CharField(widget=forms.HiddenInput)

    people_fields = ("name", "phone", "email", "postal_code", "product_line", "message", "consent")

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["ticket"] = new_ticket(network)
        super().__init__(*args, **kwargs)
        self.network = network
        self.lines = {line.code: line for line in ProductLine.objects.order_by("name")}
        choices = [("", _("Not sure yet")), *((code, line.name) for code, line in self.lines.items())]
        self.fields["product_line"].choices = choices  # type: ignore[attr-defined]
        if network.consent_text:
            self.fields["consent"].label = network.consent_text

    @property
    def for_people(self) -> list[Any]:
        """The fields that people see, bound."""
        return [self[name] for name in self.people_fields]

    def clean_ticket(self) -> str:
        """The ticket's own id, which makes sending the form twice harmless."""
        try:
            slug, number = signing.loads(self.cleaned_data["ticket"], salt="enquiry", max_age=OLDEST)
        except (signing.BadSignature, ValueError, TypeError):
            slug, number = "", ""
        if slug != self.network.slug:
            raise forms.ValidationError(_("This form is too old. Please send it once more."))
        return str(number)

    def suspicion(self) -> str:
        """The name of the first spam signal; empty when there is none."""
        if self.cleaned_data.get("website"):
            return "honeypot"
        if is_hasty(self.data.get("ticket", "")):
            return "too-fast"
        text = self.cleaned_data.get("message", "") + self.cleaned_data.get("name", "")
        return "links" if len(LINK.findall(text)) > MOST_LINKS else ""


def new_ticket(network: Network) -> str:
    """A signed note of now, the network, and a number of its own."""
    return signing.dumps([network.slug, uuid_utils.compat.uuid7().hex], salt="enquiry")


def is_hasty(ticket: str) -> bool:
    """Whether the form came back faster than anybody types."""
    try:
        signing.loads(ticket, salt="enquiry", max_age=FASTEST)
    except signing.SignatureExpired:
        return False
    except signing.BadSignature:
        return True
    return True
