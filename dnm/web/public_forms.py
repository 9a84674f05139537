"""Forms for people who are not logged in: no script, no cookie, and still not a door for robots.

What defends them: a signed ticket (too fast or too old is refused), a field that people do not see, rate
limits in the view, and a look at the content. What looks suspicious is kept and marked, not thrown away.
"""

from datetime import timedelta
from typing import Any, ClassVar

import uuid_utils.compat
from django import forms
from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.contact import LINK
from dnm.accounts.models import Network
from dnm.accounts.requests import PortalRequest

FASTEST = timedelta(seconds=2)
OLDEST = timedelta(hours=12)
MOST_LINKS = 2


class PublicForm(forms.Form):
    """A form with a ticket, which carries when and for which network it was drawn, signed.

    `purpose` keeps the tickets of one form away from another; `people_fields` are what people see, in order;
    `free_fields` those in which a robot would put its links.
    """

    purpose: ClassVar[str]
    people_fields: ClassVar[tuple[str, ...]] = ()
    free_fields: ClassVar[tuple[str, ...]] = ()

    website = forms.CharField(required=False, max_length=500)
    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})["ticket"] = new_ticket(network, self.purpose)
        super().__init__(*args, **kwargs)
        self.network = network

    @property
    def for_people(self) -> list[Any]:
        """The fields that people see, bound."""
        return [self[name] for name in self.people_fields]

    def clean_ticket(self) -> str:
        """The ticket's own id, which makes sending the form twice harmless."""
        try:
            slug, number = signing.loads(self.cleaned_data["ticket"], salt=self.purpose, max_age=OLDEST)
        except (signing.BadSignature, ValueError, TypeError):
            slug, number = "", ""
        if slug != self.network.slug:
            raise forms.ValidationError(_("This form is too old. Please send it once more."))
        return str(number)

    def suspicion(self) -> str:
        """The name of the first spam signal; empty when there is none."""
        if self.cleaned_data.get("website"):
            return "honeypot"
        if is_hasty(self.data.get("ticket", ""), self.purpose):
            return "too-fast"
        text = "".join(self.cleaned_data.get(name, "") for name in self.free_fields)
        return "links" if len(LINK.findall(text)) > MOST_LINKS else ""


def new_ticket(network: Network, purpose: str) -> str:
    """A signed note of now, the network, and a number of its own."""
    return signing.dumps([network.slug, uuid_utils.compat.uuid7().hex], salt=purpose)


def is_hasty(ticket: str, purpose: str) -> bool:
    """Whether the form came back faster than anybody types."""
    try:
        signing.loads(ticket, salt=purpose, max_age=FASTEST)
    except signing.SignatureExpired:
        return False
    except signing.BadSignature:
        return True
    return True


def embeddable(response: HttpResponse, network: Network) -> HttpResponse:
    """Let the network's listed sites, and nobody else, show the page in a frame."""
    if network.embedding_sites:
        response._csp_replace = {"frame-ancestors": ["'self'", *network.embedding_sites]}  # type: ignore[attr-defined]
    return response


def address_of(request: PortalRequest) -> str:
    """The caller's address, as the trusted proxies in front of us report it."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted = settings.TRUSTED_PROXY_COUNT
    return hops[-trusted] if trusted and len(hops) >= trusted else request.META["REMOTE_ADDR"]
