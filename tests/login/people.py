"""One person in both networks, and asking pages of either."""

from typing import Any

from django.conf import settings
from django.test import Client

from dnm.accounts.models import LoginPolicy, Membership, User
from dnm.accounts.tenancy import network_context
from partners.domain.access import grant_role
from partners.models import Affiliation
from partners.roles import Role
from tests.signing_in import session_of
from tests.world import NOW, PASSWORD, Net


def both(*nets: Net) -> User:
    """Sells for dealer_a of each network."""
    user = User.objects.create_user(email="jo@both.example", password=PASSWORD, name="Jo Both")
    for net in nets:
        with network_context(net.network):
            membership = Membership.objects.create(network=net.network, user=user)
            Affiliation.objects.create(
                network=net.network, membership=membership, partner=net.partners["dealer_a"]
            )
            grant_role(
                membership=membership,
                role=Role.SALES,
                node=net.partners["dealer_a"],
                actor=net.system,
                at=NOW,
            )
            net.members["jo"] = Membership.objects.select_related("user").get(pk=membership.pk)
    return user


def browser(net: Net, user: User, **session: Any) -> Client:
    """A browser with a session of the person's on one network, with more words in it."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user, net.network.pk, **session)
    return client


def get(client: Client, net: Net, path: str) -> Any:
    return client.get(path, headers={"host": net.host})


def post(client: Client, net: Net, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(path, data or {}, headers={"host": net.host, **headers})


def rules(net: Net, **values: Any) -> None:
    """Set the network's login policy."""
    with network_context(net.network):
        LoginPolicy.objects.update_or_create(network=net.network, defaults=values)
