"""The second lock: a verb asks whether the actor may, on this very row."""

from typing import Any

from dnm.accounts.actors import Actor
from dnm.scoping.branches import grants_with
from dnm.scoping.errors import NotAllowed


def may(actor: Actor, capability: str, obj: Any = None) -> bool:
    """Whether the actor holds the capability on `obj`, or, without one, anywhere in the network.

    Reads the level columns of the row as loaded; asks no query.
    """
    if obj is None:
        return bool(grants_with(actor, capability))
    if obj.network_id != actor.network_id:
        return False
    if hasattr(obj, "scope_branches"):
        return any(branch.matches(obj) for branch in obj.scope_branches(actor, capability))
    return bool(grants_with(actor, capability))


def authorise(actor: Actor, capability: str, obj: Any = None, *, system: bool = False) -> None:
    """Raise `NotAllowed` unless the actor may. `system` opens the door to named parts of the system as
    well.
    """
    if system and actor.is_system and (obj is None or obj.network_id == actor.network_id):
        return
    if not may(actor, capability, obj):
        raise NotAllowed


def may_everywhere(actor: Actor, capability: str) -> bool:
    """Whether the actor holds the capability over the whole network: at a root, for all lines and places.

    For what has no place in the trees and touches everybody: the log, settings, the routing policy.
    """
    return any(grant.is_whole for grant in grants_with(actor, capability))


def authorise_everywhere(actor: Actor, capability: str, *, system: bool = False) -> None:
    """Raise `NotAllowed` unless the actor holds the capability over the whole network."""
    if system and actor.is_system:
        return
    if not may_everywhere(actor, capability):
        raise NotAllowed
