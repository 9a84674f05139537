"""How allauth behaves here: nobody signs up by himself, people are invited."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from dnm.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; the name of the network in mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Bind the session to the network on whose host it began: it opens no other."""
        super().login(request, user)
        network = getattr(request, "network", None)
        request.session["network"] = network.pk if network else None

    def format_email_subject(self, subject: str) -> str:
        network = getattr(self.request, "network", None)
        return f"[{network.title}] {subject}" if network else subject
