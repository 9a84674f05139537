"""The way from a session on one network to a session on another one of the same person.

Single-use, thirty seconds, bound to the other network's host and to the host that the browser comes from. The
other network's own policy decides whether it opens. What a provider of this network vouched for goes nowhere:
brands do not trust each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dnm.accounts.actors import Actor
from dnm.accounts.models import HandOver, Membership, Network, User
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.policies import METHOD, allows, has_factor, needs_factor, networks_of, policy_of
from dnm.accounts.requests import PortalRequest
from dnm.accounts.tenancy import network_context
from dnm.scoping.actors import actor_for_user
from dnm.scoping.errors import Conflict
from dnm.web.home import Waiting, tasks_for

LASTS = timedelta(seconds=30)
HERE_ONLY = frozenset({"oidc"})
"""Ways in whose sessions lead to no other network: what a provider says is good where it is said."""


class NoWayOver(Conflict):
    """The link opens nothing: used, late, for another host, or the other network does not want it."""

    code = "no-way-over"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What waits for the person in another network. Closed when a session like this one does not open it."""

    network: Network
    waiting: Waiting | None


def leads_on(request: PortalRequest) -> bool:
    """Whether the session may be handed over at all."""
    if request.actor is None or request.actor.viewing_as is not None:
        return False
    return request.session.get(METHOD, "") not in HERE_ONLY


def others_of(request: PortalRequest) -> list[Network]:
    """The other networks in which the person is an active member, by name. Each asks again."""
    if request.network is None or not leads_on(request):
        return []
    keys = [key for key in networks_of(request.user) if key != request.network.pk]  # type: ignore[arg-type]
    return list(
        Network.objects.filter(pk__in=keys, is_active=True).prefetch_related("domains").order_by("name")
    )


def make_hand_over(*, request: PortalRequest, network: Network, at: datetime) -> str:
    """A secret for the other network's host. Raises `NoWayOver` for a session that must not leave."""
    if network not in others_of(request):
        raise NoWayOver
    user: Any = request.user
    secret = HandOver.new_secret()
    with network_context(network):
        HandOver.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
        HandOver.objects.create(
            network=network,
            user=user,
            digest=HandOver.digest_of(secret),
            from_host=request.get_host().lower(),
            method=request.session.get(METHOD, ""),
            factor=has_factor(request.session, user),
            created_at=at,
            expires_at=at + LASTS,
        )
    return secret


def take_hand_over(*, secret: str, from_host: str, network: Network, at: datetime) -> HandOver:
    """Use a secret up, in its network. Raises `NoWayOver`."""
    found = HandOver.take(secret, from_host, at)
    if found is None or not found.user.is_active or not allows(policy_of(network), found.method):
        raise NoWayOver
    if not Membership.objects.filter(user=found.user, state=MembershipState.ACTIVE).exists():
        raise NoWayOver
    return found


def waiting_elsewhere(request: PortalRequest, at: datetime) -> list[Elsewhere]:
    """Asks network by network, each in its own context, under its own policy, with those rights."""
    return [_ask(network, request, at) for network in others_of(request)]


def _ask(network: Network, request: PortalRequest, at: datetime) -> Elsewhere:
    user: User = request.user  # type: ignore[assignment]
    with network_context(network):
        policy = policy_of(network)
        actor: Actor | None = actor_for_user(network, user, at=at)
        opens = (
            actor is not None
            and allows(policy, request.session.get(METHOD, ""))
            and (not needs_factor(policy, actor.roles) or has_factor(request.session, user))
        )
        return Elsewhere(network, tasks_for(actor, at) if opens and actor is not None else None)
