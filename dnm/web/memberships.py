"""The other networks that a person belongs to, for the switcher."""

from dataclasses import dataclass
from typing import Any

from dnm.accounts.middleware import require_network
from dnm.accounts.models import Membership, Network
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.requests import PortalRequest
from dnm.accounts.tenancy import network_context

SESSION_KEY = "other-networks"


@dataclass(frozen=True, slots=True)
class OtherNetwork:
    """Another portal of the same person. Its own login decides whether it opens."""

    title: str
    url: str


def other_networks(request: PortalRequest) -> list[OtherNetwork]:
    """Where else the person is an active member.

    A membership can be read only inside its own network, so each network is entered once and the answer is
    kept in the session until the next login. It opens nothing: the other portal has a login of its own.
    """
    if SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = [
            [network.title, network.host()]
            for network in _candidates(request)
            if _is_member(network, request.user.pk)
        ]
    port = request.get_port()
    shown = "" if port in {"80", "443"} else f":{port}"
    return [
        OtherNetwork(title, f"{request.scheme}://{host}{shown}/")
        for title, host in request.session[SESSION_KEY]
    ]


def _candidates(request: PortalRequest) -> list[Network]:
    others = Network.objects.filter(is_active=True).exclude(pk=require_network(request).pk)
    return list(others.prefetch_related("domains").order_by("name"))


def _is_member(network: Network, user_id: Any) -> bool:
    with network_context(network):
        return Membership.objects.filter(user_id=user_id, state=MembershipState.ACTIVE).exists()
