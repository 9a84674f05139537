"""Rewriting the level columns of the rows that hang on moved nodes, set by set, until none is left."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from dnm.scoping.models import ScopedModel
from dnm.scoping.moves import TreeMove

PIECE = 2000
"""Rows of one statement: a second or less, so that nobody waits long for a row's lock."""


def anchored_models(tree: str) -> Iterator[tuple[type[ScopedModel], Any]]:
    """Every model whose rows carry the ancestors of a node of the tree, with the foreign key to it.

    The tree's own table is not among them: its trigger has rewritten it in the move itself.
    """
    for model in apps.get_models():
        anchor = getattr(model, "scope_anchors", {}).get(tree)
        if not issubclass(model, ScopedModel) or model._meta.proxy or anchor in (None, "self"):
            continue
        if any(field.name == anchor for field in model._meta.fields):
            yield model, model._meta.get_field(anchor)


def stale(model: type[ScopedModel], move: TreeMove) -> Any:
    """The model's rows that still carry the old ancestors of the move.

    A row below the node names it on its old level, and on the level above the parent that it has no more.
    """
    old = move.paths.old
    return model.objects.filter(
        **{f"{move.tree}_{len(old)}": old[-1], f"{move.tree}_{len(old) - 1}": old[-2]}
    )


def stale_rows(move: TreeMove) -> int:
    """How many rows are to be rewritten."""
    return sum(stale(model, move).count() for model, _anchor in anchored_models(move.tree))


def rewrite_some(move: TreeMove, *, limit: int = PIECE) -> int:
    """Give at most `limit` stale rows the levels of their node; how many it were. 0 when none is free.

    Rows that somebody else holds are left for the next time: people come first.
    """
    for model, anchor in anchored_models(move.tree):
        free = stale(model, move).order_by("pk").select_for_update(skip_locked=True)
        ids = list(free.values_list("pk", flat=True)[:limit])
        if ids:
            _rewrite(model, anchor, move.tree, ids)
            TreeMove.objects.filter(pk=move.pk).update(rewritten=F("rewritten") + len(ids))
            return len(ids)
    return 0


def _rewrite(model: Any, anchor: Any, tree: str, ids: list[int]) -> None:
    quote = connection.ops.quote_name
    columns = [f"{tree}_{level}" for level in range(1, settings.TREE_LEVELS + 1)]
    levels = ", ".join(f"{column} = node.{column}" for column in columns)
    table, nodes = quote(model._meta.db_table), quote(anchor.related_model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS hanging SET {levels} FROM {nodes} AS node "  # noqa: S608 - names of columns
            f"WHERE hanging.id = ANY(%s) AND node.id = hanging.{quote(anchor.column)}",
            [ids],
        )


def close_if_done(move: TreeMove) -> bool:
    """Close the move when no stale row is left.

    There can come none any more: whoever adds a row locks its node FOR SHARE, so it was there before the move
    or it reads the new path.
    """
    if any(stale(model, move).exists() for model, _anchor in anchored_models(move.tree)):
        return False
    TreeMove.objects.filter(pk=move.pk, closed_at=None).update(closed_at=Now())
    return True
