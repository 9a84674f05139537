"""Moves of a node within its tree, while rows below it still carry the old ancestors.

The node's own table is right at once: the trigger `SubtreeTrigger` rewrites the paths below the node in the
statement that moves it, and writes the `TreeMove` row in the same transaction. The rows that hang on those
nodes are rewritten afterwards (`dnm.scoping.rewriting`). Until the move is closed, `visible_to` takes what
was not rewritten from the old ancestors and gives it to the new ones.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, JSONObject, Now
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import OpenMove
from dnm.accounts.tenancy.models import NetworkModel
from dnm.scoping.fields import LtreeField
from dnm.scoping.querysets import NetworkWideQuerySet

NOTED = "noted_moves"


class TreeMove(NetworkModel):
    """A node of a tree got another parent. Open (`closed_at` null) while rows below it are rewritten.

    `tree` is the name of the level columns ("partner", "territory"), `node` the node's id in that tree's
    table, the paths end in it. Written by the trigger alone, closed by `dnm.scoping.rewriting`.
    """

    tree = models.CharField(_("tree"), max_length=12)
    node = models.BigIntegerField(_("node"))
    old_path = LtreeField()
    new_path = LtreeField()
    moved_at = models.DateTimeField(_("moved"), db_default=Now())
    closed_at = models.DateTimeField(_("all rows rewritten"), null=True)
    rewritten = models.PositiveIntegerField(_("rows rewritten"), default=0, db_default=0)

    objects: Any = NetworkWideQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta(NetworkModel.Meta):
        verbose_name = _("move in a tree")
        verbose_name_plural = _("moves in trees")
        constraints = [
            *NetworkModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["network", "tree", "node"],
                condition=Q(closed_at=None),
                name="scoping_treemove_one_open",
            ),
        ]
        indexes = [
            models.Index(fields=["network"], condition=Q(closed_at=None), name="scoping_treemove_open"),
        ]

    def __str__(self) -> str:
        return f"{self.tree} {self.node}"

    @property
    def paths(self) -> OpenMove:
        """The move as the scope reads it."""
        return OpenMove(self.tree, ids_of(self.old_path), ids_of(self.new_path))


def ids_of(path: Any) -> tuple[int, ...]:
    """The ids in a path, root first."""
    return tuple(int(label) for label in str(path).split("."))


def open_moves() -> tuple[OpenMove, ...]:
    """The moves of the current network that are open."""
    return tuple(move.paths for move in TreeMove.objects.filter(closed_at=None).order_by("pk"))


def noting_moves(rows: Any) -> Any:
    """Fetch the open moves along with the first row: no query more for who asks for a membership anyway."""
    text = models.TextField()
    moves = TreeMove.objects.filter(closed_at=None).order_by("pk")
    paths = JSONObject(tree="tree", old=Cast("old_path", text), new=Cast("new_path", text))
    return rows.annotate(**{NOTED: ArraySubquery(moves.values(json=paths))})


def moves_noted_on(row: Any) -> tuple[OpenMove, ...]:
    """The open moves that came with the row, else asked for."""
    noted = getattr(row, NOTED, None)
    if noted is None:
        return open_moves()
    return tuple(OpenMove(move["tree"], ids_of(move["old"]), ids_of(move["new"])) for move in noted)
