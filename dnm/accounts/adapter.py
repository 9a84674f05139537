"""How allauth behaves here: nobody signs up by himself, people are invited."""

from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from dnm.accounts.actors import Actor
from dnm.accounts.models import User

Listener = Callable[[Actor, str], None]
_listeners: list[Listener] = []


def on_logout(listener: Listener) -> None:
    """Register who is told, with the actor and the session's key, when a member logs out."""
    _listeners.append(listener)


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; the name of the network in mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Bind the session to the network on whose host it began: it opens no other."""
        super().login(request, user)
        network = getattr(request, "network", None)
        request.session["network"] = network.pk if network else None

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
