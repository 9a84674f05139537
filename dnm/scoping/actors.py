"""Making an actor from a membership. Where grants are kept is known upstairs, which registers a loader."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import Membership, Network, User
from dnm.accounts.models.memberships import MembershipState

GrantsLoader = Callable[[Membership, datetime], tuple[Grant, ...]]
_loaders: list[GrantsLoader] = []


def register_grants_loader(loader: GrantsLoader) -> None:
    """Declare where grants come from. Called once, by the app that stores them."""
    _loaders[:] = [loader]


def actor_for_user(network: Network, user: User, *, at: datetime) -> Actor | None:
    """The user's actor in the current network, or None when the person is not (or no longer) an active
    member.
    """
    membership = Membership.objects.filter(user=user, state=MembershipState.ACTIVE).first()
    if membership is None or not user.is_active:
        return None
    membership.user = user
    membership.network = network
    return actor_for_membership(membership, via="session", at=at)


def actor_for_membership(membership: Membership, *, via: Literal["session", "token"], at: datetime) -> Actor:
    """The actor of an active membership, with the grants that are live at `at`."""
    grants = tuple(grant for loader in _loaders for grant in loader(membership, at))
    return Actor(
        network_id=membership.network_id,
        name=str(membership.user),
        via=via,
        membership=membership,
        user=membership.user,
        grants=grants,
        at=at,
    )
