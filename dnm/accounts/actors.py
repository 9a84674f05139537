"""Who acts: a person in a membership, a machine key of one, or a named part of the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from dnm.accounts.models import Membership, User


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held at a node of a tree, within a territory, for some product lines. Dates are already applied.

    `tree` is "partner" or "territory"; `level` is the node's depth, 1 at the root. `within` is a territory
    (node id, level) that narrows the grant, `lines` the ids of the product lines, None meaning all. `until`
    is its last day. `path` are the ids from the root down to the node; while a move is open it tells on which
    level rows that were not rewritten yet still know the node.
    """

    role: str
    tree: Literal["partner", "territory"]
    node: int
    level: int
    within: tuple[int, int] | None = None
    lines: frozenset[int] | None = None
    until: date | None = None
    path: tuple[int, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Held at the root of a tree and narrowed by nothing: it reaches the whole network."""
        return self.level == 1 and self.within is None and self.lines is None


@dataclass(frozen=True, slots=True)
class Viewing:
    """That an actor is looked through: by whom, why, until when. Such an actor reads and never writes."""

    viewer: Actor
    uid: UUID
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A node that has moved while rows below it may still carry its old ancestors: paths of ids, root first,
    the node last.
    """

    tree: str
    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a verb runs, with the grants that were live when the request or task began.

    `on_behalf_of` is the member in whose name `membership` acts, where somebody stands in for somebody else.
    `viewing_as` says that an administrator looks at the portal through this member's eyes.
    """

    network_id: int
    name: str
    via: Literal["session", "token", "system"]
    membership: Membership | None = None
    user: User | None = None
    grants: tuple[Grant, ...] = ()
    moves: tuple[OpenMove, ...] = ()
    at: datetime | None = None
    on_behalf_of: Membership | None = None
    viewing_as: Viewing | None = None

    @classmethod
    def system(cls, name: str, network_id: int) -> Actor:
        """A named part of the system (router, clock, importer). Passes only doors marked for the system."""
        return cls(network_id=network_id, name=name, via="system")

    @property
    def is_system(self) -> bool:
        return self.via == "system"

    @property
    def membership_id(self) -> int | None:
        return self.membership.pk if self.membership else None

    @property
    def people(self) -> tuple[Membership, ...]:
        """Everybody who stands behind a step of this actor: who acts, in whose name, and who looks on."""
        viewer = self.viewing_as.viewer.membership if self.viewing_as else None
        behind = (self.membership, self.on_behalf_of, viewer)
        return tuple(member for member in behind if member is not None)

    @property
    def roles(self) -> frozenset[str]:
        """Every role the actor holds somewhere. For words on a page, never for a decision."""
        return frozenset(grant.role for grant in self.grants)
