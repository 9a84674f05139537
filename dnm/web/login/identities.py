"""Login by an identity provider of the network: allauth speaks the protocol, this decides whose login it is.

An identity is (network, provider, subject). It is found by that alone, never by an e-mail address, and the
session that it begins holds on this network only: it neither changes the login nor leads to other networks.
"""

from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import IdentityProvider, NetworkIdentity, User
from dnm.accounts.policies import FACTOR, METHOD
from dnm.accounts.sealing import unseal
from dnm.events.publishing import publish
from dnm.scoping.errors import Conflict, NotAllowed
from dnm.web.login.events import IdentityConnected, IdentityDisconnected
from dnm.web.login.fetching import session

CONNECT = "connect"


class IdentityAdapter(DefaultSocialAccountAdapter):
    """The network's providers, and no others."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        return [
            _app(row)
            for row in providers_here(request)
            if provider in (None, "openid_connect", row.slug) and client_id in (None, row.client_id)
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> Any:
        return session()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The provider has said who it is: log in or connect here, whatever allauth would have done."""
        account = sociallogin.account
        row = providers_here(request).filter(slug=account.provider).first()
        if row is None:
            raise ImmediateHttpResponse(_back(request, _("There is no such identity provider here.")))
        if sociallogin.state.get("process") == CONNECT:
            raise ImmediateHttpResponse(_connected(request, row, account.uid))
        raise ImmediateHttpResponse(_logged_in(request, row, account.uid, sociallogin))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **facts: Any) -> None:
        text = _("The identity provider did not let you in, or did not answer.")
        raise ImmediateHttpResponse(_back(request, text))


def providers_here(request: HttpRequest) -> Any:
    """The providers that the network of the request's host offers."""
    if getattr(request, "network", None) is None:
        return IdentityProvider.objects.none()
    return IdentityProvider.objects.filter(is_enabled=True).order_by("name")


def identities_of(user: User) -> Any:
    """What the network's providers know the person by."""
    return NetworkIdentity.objects.filter(user=user).select_related("provider").order_by("provider__name")


@transaction.atomic
def connect_identity(
    *, provider: IdentityProvider, subject: str, actor: Actor, at: datetime
) -> NetworkIdentity:
    """Connect a subject to the actor's own login. Raises `Conflict` when it is somebody else's."""
    if actor.user is None or actor.membership is None or actor.viewing_as is not None:
        raise NotAllowed
    found = NetworkIdentity.objects.filter(provider=provider, subject=subject).first()
    if found is not None and found.user_id != actor.user.pk:
        raise Conflict(_("This identity belongs to another login."), code="identity-taken")
    if found is None:
        if NetworkIdentity.objects.filter(provider=provider, user=actor.user).exists():
            raise Conflict(_("Disconnect the former identity first."), code="identity-there")
        found = NetworkIdentity.objects.create(
            network_id=actor.network_id, provider=provider, subject=subject, user=actor.user, created_at=at
        )
        publish(IdentityConnected(provider=provider.slug), subject=actor.membership, actor=actor, at=at)
    return found  # type: ignore[no-any-return]


@transaction.atomic
def disconnect_identity(*, identity: NetworkIdentity, actor: Actor, at: datetime) -> None:
    """Undo a connection of the actor's own. Raises `NotAllowed`."""
    if actor.viewing_as is not None or actor.user is None or actor.membership is None:
        raise NotAllowed
    if identity.user_id != actor.user.pk:
        raise NotAllowed
    event = IdentityDisconnected(provider=identity.provider.slug)
    identity.delete()
    publish(event, subject=actor.membership, actor=actor, at=at)


def _connected(request: Any, row: IdentityProvider, subject: str) -> HttpResponseRedirect:
    if request.actor is None or request.session.get(METHOD) == "oidc":
        return _back(request, _("Log in with an authenticator of your own first."))
    try:
        connect_identity(provider=row, subject=subject, actor=request.actor, at=timezone.now())
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("You can log in with %(name)s now.") % {"name": row.name})
    return HttpResponseRedirect(reverse("security"))


def _logged_in(request: Any, row: IdentityProvider, subject: str, sociallogin: Any) -> Any:
    found = NetworkIdentity.objects.filter(provider=row, subject=subject).select_related("user").first()
    if found is None or not found.user.is_active:
        text = _("No login here is connected with this identity. Log in another way and connect it.")
        return _back(request, text)
    request.session.flush()
    record_authentication(request, found.user, "socialaccount", provider=row.slug)
    if row.proves_factor:
        request.session[FACTOR] = found.user.pk
    login = Login(user=found.user, redirect_url=sociallogin.get_redirect_url(request))
    return perform_login(request, login)


def _back(request: HttpRequest, text: str) -> HttpResponseRedirect:
    messages.error(request, text)
    return HttpResponseRedirect(reverse("account_login"))


def _app(row: IdentityProvider) -> SocialApp:
    return SocialApp(
        provider="openid_connect",
        provider_id=row.slug,
        name=row.name,
        client_id=row.client_id,
        secret=unseal(row.secret),
        settings={"server_url": row.issuer, "oauth_pkce_enabled": True, "fetch_userinfo": False},
    )
