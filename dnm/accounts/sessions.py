"""Beginning a session without allauth's forms: by a link that proves something else than a password does."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from dnm.accounts.models import User
from dnm.accounts.requests import PortalRequest

METHOD = "method"
"""In a session: how it began."""


def begin_session(request: PortalRequest, user: User, *, method: str, proven: bool = False) -> None:
    """Log the person in on this host, in a session of its own; what the browser had before is gone.

    `proven` when the person has just shown who it is, as by a link in a mail: a second proof is not asked for
    right after, when the first passkey is made and its recovery codes are shown.
    """
    request.session.flush()
    get_adapter(request).login(request, user)
    request.session[METHOD] = method
    if proven:
        record_authentication(request, user, method, reauthenticated=True)
    UserSession.objects.create_from_request(request)


def address_is_proven(user: User) -> None:
    """Note that mail to the person's address reaches the person."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
