"""Abstract models: nodes of a tree, and rows that hang on the partner and territory trees.

Measured (docs/scope.md): only an index that begins with the granted node and goes on with the sort order
gives every user, the dormant dealer included, a page in a fraction of a millisecond. Hence one column for
each level of each tree on the row, written by a trigger, and partial indexes over (level column, sort).
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.scoping.branches import Branch, branches_for
from dnm.scoping.fields import LtreeField
from dnm.scoping.moves import TreeMove
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger, PathTrigger

__all__ = ["ScopedModel", "TreeMove", "TreeNode", "level_indexes"]


class TreeNode(NetworkModel):
    """A node of a tree of free depth (at most `TREE_LEVELS`). `path` is kept by a trigger."""

    parent = SameNetworkKey(
        "self", null=True, blank=True, related_name="children", verbose_name=_("parent"), db_index=False
    )
    path = LtreeField(null=True)

    class Meta(NetworkModel.Meta):
        abstract = True
        triggers: ClassVar[list[Any]] = [PathTrigger()]

    @property
    def level(self) -> int:
        """Depth in the tree, 1 at the root."""
        return str(self.path).count(".") + 1


class ScopedModel(NetworkModel):
    """A row with anchors in both trees.

    Subclasses say which of their foreign keys are the anchors (`scope_anchors`) and how a product line
    narrows a grant (`scope_line_term`). `recorded_path` is the partner's path when the row got its partner:
    reports use it, and later moves never touch it.
    """

    scope_anchors: ClassVar[dict[str, str]] = {"partner": "partner", "territory": "territory"}
    scope_line_term: ClassVar[str | None] = None
    scope_own_column: ClassVar[str] = "partner_id"
    scope_own: ClassVar[frozenset[str]] = frozenset()
    """Capabilities that a partner's people have on that partner's own rows only, not on those further
    down.
    """

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        abstract = True
        triggers: ClassVar[list[Any]] = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"})
        ]

    @classmethod
    def scope_branches(cls, actor: Actor, capability: str) -> tuple[Branch, ...]:
        """Where `actor` holds `capability`, as terms over this model's columns."""
        own = cls.scope_own_column if str(capability) in cls.scope_own else None
        return branches_for(actor, capability, line_term=cls.scope_line_term, own_column=own)


for _level in range(1, settings.TREE_LEVELS + 1):
    for _tree in ("partner", "territory"):
        ScopedModel.add_to_class(f"{_tree}_{_level}", models.IntegerField(null=True, editable=False))


def level_indexes(
    prefix: str, *sort: str, trees: tuple[str, ...] = ("partner", "territory")
) -> list[models.Index]:
    """Partial indexes (level column, sort …) for one sort order that lists offer.

    `sort` is as in `order_by`: "-created_at", "-id". `prefix` makes the names unique.
    """
    columns = [F(name[1:]).desc() if name.startswith("-") else F(name).asc() for name in sort]
    return [
        models.Index(
            F(f"{tree}_{level}"),
            *columns,
            condition=Q(**{f"{tree}_{level}__isnull": False}),
            name=f"{prefix}_{tree[0]}{level}",
        )
        for tree in trees
        for level in range(1, settings.TREE_LEVELS + 1)
    ]
