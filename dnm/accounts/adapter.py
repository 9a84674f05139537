"""How allauth behaves here: nobody signs up by himself, people are invited."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import LoginMethod, User
from dnm.accounts.policies import (
    BEGAN,
    METHOD,
    NETWORK,
    SEEN,
    allows,
    policy_of,
    shortest_password,
)

Listener = Callable[[Actor, str], None]
_listeners: list[Listener] = []


def on_logout(listener: Listener) -> None:
    """Register who is told, with the actor and the session's key, when a member logs out."""
    _listeners.append(listener)


def _method_of(request: HttpRequest, user: User) -> str:
    """How the person has just come in, in the words of `LoginMethod`; "" when allauth was not asked."""
    for record in get_authentication_records(request, user):
        if record.get("reauthenticated"):
            continue
        if record["method"] == "mfa" and record.get("passwordless"):
            return LoginMethod.PASSKEY
        if record["method"] == "socialaccount":
            return LoginMethod.OIDC
        if record["method"] in (LoginMethod.PASSWORD, LoginMethod.CODE):
            return str(record["method"])
    return ""


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; the name of the network in mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away who came a way that the network does not allow; the forms have said so before."""
        network = getattr(request, "network", None)
        if network is not None and not allows(policy_of(network), _method_of(request, user)):
            messages.error(request, _("This network does not let people in this way. Use another one."))
            return HttpResponseRedirect(reverse("account_login"))
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Bind the session to the network on whose host it began, with how and when. It opens no other."""
        super().login(request, user)
        network = getattr(request, "network", None)
        now = timezone.now().timestamp()
        request.session[NETWORK] = network.pk if network else None
        request.session[METHOD] = _method_of(request, user)
        request.session[BEGAN] = request.session[SEEN] = now

    def clean_password(self, password: str, user: User | None = None) -> str:
        """As long as the strictest network of the person asks: the password is one for all of them."""
        shortest = shortest_password(user, getattr(self.request, "network", None))
        if len(password) < shortest:
            raise ValidationError(
                _("A password has at least %(count)d characters here.") % {"count": shortest}
            )
        return str(super().clean_password(password, user))

    def logout(self, request: HttpRequest) -> None:
        """End the session, and tell those who hold something open for it."""
        actor: Actor | None = getattr(request, "actor", None)
        key = request.session.session_key
        super().logout(request)
        if actor is not None and key:
            for tell in _listeners:
                tell(actor, key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At the network's first host name, like every address in a mail, wherever the request was sent."""
        url = str(super().get_reset_password_from_key_url(key))
        network = getattr(self.request, "network", None)
        return network.address(urlsplit(url).path) if network else url

    def format_email_subject(self, subject: str) -> str:
        network = getattr(self.request, "network", None)
        return f"[{network.title}] {subject}" if network else subject
