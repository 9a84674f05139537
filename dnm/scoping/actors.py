"""Making an actor from a membership. Where grants are kept is known upstairs, which registers a loader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import LoginPolicy, Membership, Network, User
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.policies import has_factor, needs_factor, stands
from dnm.scoping.moves import moves_noted_on, noting_moves

GrantsLoader = Callable[[Membership, datetime], tuple[Grant, ...]]
_loaders: list[GrantsLoader] = []


def register_grants_loader(loader: GrantsLoader) -> None:
    """Declare where grants come from. Called once, by the app that stores them."""
    _loaders[:] = [loader]


def actor_for_user(network: Network, user: User, *, at: datetime) -> Actor | None:
    """The user's actor in the current network, or None when the person is not (or no longer) an active
    member.
    """
    membership = noting_moves(Membership.objects.filter(user=user, state=MembershipState.ACTIVE)).first()
    return _actor(membership, network, user, at)


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a session opens here: an `actor`; or, `waiting`, the actor of a member who owes a second factor;
    or neither. `is_over` says that the session itself has ended under the network's policy.
    """

    actor: Actor | None = None
    waiting: Actor | None = None
    is_over: bool = False


def enter(network: Network, user: User, session: Mapping[str, Any], *, at: datetime) -> Entrance:
    """Judge a session by the network's policy and the person's membership. The one door for pages, API and
    streams. One query besides the grants.
    """
    rows = noting_moves(Membership.objects.filter(user=user, state=MembershipState.ACTIVE))
    membership = rows.select_related("network__login_policy").first()
    if membership is None:
        return Entrance()
    policy = getattr(membership.network, "login_policy", None) or LoginPolicy(network=network)
    if not stands(session, policy, at):
        return Entrance(is_over=True)
    actor = _actor(membership, network, user, at)
    if actor is not None and needs_factor(policy, actor.roles) and not has_factor(session, user):
        return Entrance(waiting=actor)
    return Entrance(actor=actor)


def _actor(membership: Membership | None, network: Network, user: User, at: datetime) -> Actor | None:
    if membership is None or not user.is_active:
        return None
    membership.user = user
    membership.network = network
    return actor_for_membership(membership, via="session", at=at)


def actor_for_membership(membership: Membership, *, via: Literal["session", "token"], at: datetime) -> Actor:
    """The actor of an active membership, with the grants that are live at `at` and the moves that are
    open.
    """
    grants = tuple(grant for loader in _loaders for grant in loader(membership, at))
    return Actor(
        network_id=membership.network_id,
        name=str(membership.user),
        via=via,
        membership=membership,
        user=membership.user,
        grants=grants,
        moves=moves_noted_on(membership),
        at=at,
    )
