"""The actor of a session that looks at the portal through another member's eyes.

Rows are the target's. Fields that a mask hides are hidden when they are hidden from the target *or* from the
one who looks (see `grants_with` and `branches_for`): nobody reads contact data by borrowing eyes.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dnm.accounts.actors import Actor, Viewing
from dnm.accounts.models import Membership, Network, User, ViewAs
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.actors import Entrance, actor_for_membership, enter
from dnm.scoping.authority import may_everywhere
from dnm.scoping.permissions import OversightCapability

SESSION_KEY = "viewing_as"
"""Where a session keeps the public id of its look."""


def enter_session(network: Network, user: User, session: Any, *, at: datetime) -> Entrance:
    """What a person's session opens here: the person's own actor, or the one through whose eyes it looks."""
    found = enter(network, user, session, at=at)
    named = session.get(SESSION_KEY)
    if found.actor is None or not named:
        return found
    return replace(found, actor=looking(found.actor, named, at=at) or found.actor)


def looking(viewer: Actor, named: str, *, at: datetime) -> Actor | None:
    """The actor with the eyes of the look's target; None when the look is over or the right to it gone."""
    view = open_view(viewer, named)
    if view is None or view.expires_at <= at or not may_everywhere(viewer, OversightCapability.VIEW_AS):
        return None
    target: Membership = view.target
    if target.state != MembershipState.ACTIVE or not target.user.is_active:
        return None
    seen = actor_for_membership(target, via="session", at=at)
    return replace(seen, viewing_as=Viewing(viewer, view.uid, view.reason, view.expires_at))


def open_view(viewer: Actor, named: str) -> ViewAs | None:
    """The viewer's look of this name that nobody has ended."""
    try:
        uid = UUID(str(named))
    except ValueError:
        return None
    rows = ViewAs.objects.filter(uid=uid, viewer=viewer.membership_id, ended_at=None)
    return rows.select_related("target__user", "target__network").first()  # type: ignore[no-any-return]
