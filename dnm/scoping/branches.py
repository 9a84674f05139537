"""A scope as data: the few places where an actor holds a capability, as terms over a row's level columns.

The same terms are read as SQL (`Branch.q`) and against a loaded row (`Branch.matches`), so that a list and a
button never disagree.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from dnm.accounts.actors import Actor, Grant, OpenMove
from dnm.scoping.capabilities import is_mask, roles_with

Term = tuple[str, Any]
Reach = tuple[Term, tuple[Term, ...]]
"""A term for rows that are reached, and terms for those among them that are not."""


@dataclass(frozen=True, slots=True)
class Branch:
    """All terms must hold: `("partner_3", 17)`, `("product_line_id__in", frozenset(...))`, `(…__overlap,
    …)`. Of `but_not` none may hold.
    """

    terms: tuple[Term, ...]
    but_not: tuple[Term, ...] = ()

    @property
    def q(self) -> Q:
        """Every term counts, also two over one column: such a branch reaches no row."""
        reached = Q(
            *((name, sorted(value) if isinstance(value, frozenset) else value) for name, value in self.terms)
        )
        for name, value in self.but_not:
            reached &= Q(**{f"{name}__isnull": True}) | ~Q(**{name: value})
        return reached

    def matches(self, row: Any) -> bool:
        return all(_holds(row, name, value) for name, value in self.terms) and not any(
            _holds(row, name, value) for name, value in self.but_not
        )


def _holds(row: Any, name: str, value: Any) -> bool:
    field, _, lookup = name.partition("__")
    actual = getattr(row, field)
    if lookup == "in":
        return actual in value
    if lookup == "overlap":
        return not value.isdisjoint(actual or ())
    return bool(actual == value)


def grants_with(actor: Actor, capability: str) -> tuple[Grant, ...]:
    """The actor's grants whose role has the capability: role and place always come from the same grant.

    Who is looked through has none of those that unhide fields, unless who looks has some too.
    """
    roles = roles_with(capability)
    if actor.viewing_as and is_mask(capability) and not grants_with(actor.viewing_as.viewer, capability):
        return ()
    return tuple(grant for grant in actor.grants if grant.role in roles)


def branches_for(
    actor: Actor, capability: str, *, line_term: str | None, own_column: str | None = None
) -> tuple[Branch, ...]:
    """Where the actor holds the capability, over rows with level columns.

    `own_column` is given for capabilities that a partner's people have on their own partner's rows only:
    grants on partners below the root then reach exactly the node.

    `line_term` is the lookup that narrows by product line ("product_line_id__in", "line_ids__overlap"), or
    None for rows that know no line: a grant limited to some lines does not reach those. Capabilities that
    unhide fields reach, through another member's eyes, only where both the member and who looks have them.
    """
    if actor.viewing_as and is_mask(capability):
        theirs = branches_for(
            replace(actor, viewing_as=None), capability, line_term=line_term, own_column=own_column
        )
        mine = branches_for(actor.viewing_as.viewer, capability, line_term=line_term, own_column=own_column)
        return tuple(
            Branch((*one.terms, *other.terms), (*one.but_not, *other.but_not))
            for one in theirs
            for other in mine
        )
    found: dict[Branch, None] = {}
    for grant in grants_with(actor, capability):
        if grant.lines is not None and line_term is None:
            continue
        narrowed: list[Term] = []
        if grant.within is not None:
            narrowed.append((f"territory_{grant.within[1]}", grant.within[0]))
        if grant.lines is not None:
            narrowed.append((str(line_term), grant.lines))
        if own_column and grant.tree == "partner" and grant.level > 1:
            found[Branch(((own_column, grant.node), *narrowed))] = None
            continue
        path = grant.path or (*(0,) * (grant.level - 1), grant.node)
        for term, but_not in reaches(grant.tree, path, actor.moves):
            found[Branch((term, *narrowed), but_not)] = None
    return tuple(branch for branch in found if not _narrower(branch, found))


def below(tree: str, path: tuple[int, ...], moves: Iterable[OpenMove]) -> Q:
    """Rows at or below the node at the end of `path`, for a filter."""
    terms = Q()
    for term, but_not in reaches(tree, path, moves):
        terms |= Branch((term,), but_not).q
    return terms


def reaches(tree: str, path: tuple[int, ...], moves: Iterable[OpenMove]) -> Iterator[Reach]:
    """Terms over level columns for the rows at or below the node at the end of `path`.

    Without an open move that is one term. While one is open, rows below the moved node may still carry its
    old ancestors: they are taken from an ancestor that is one no more, given to one that has become one, and
    a node that moved along knows its rows by the level on which it stood as well.
    """
    node, concerned = path[-1], [move for move in moves if move.tree == tree]
    hidden = tuple(_stale(move) for move in concerned if node in move.old[:-1] and node not in move.new)
    yield (f"{tree}_{len(path)}", node), hidden
    for move in concerned:
        if node in move.new[:-1] and node not in move.old:
            yield _stale(move), ()
        elif move.new[-1] in path and len(move.old) != len(move.new):
            inside = len(path) - path.index(move.new[-1]) - 1
            for top in (move.old, move.new):
                if len(top) + inside != len(path):
                    yield (f"{tree}_{len(top) + inside}", node), ()


def _stale(move: OpenMove) -> Term:
    """Rows below the moved node that were not rewritten yet (and, where its level is the same, all of
    them).
    """
    return f"{move.tree}_{len(move.old)}", move.old[-1]


def _narrower(branch: Branch, others: dict[Branch, None]) -> bool:
    """Whether another branch reaches everything that this one reaches, and more."""
    terms, but_not = set(branch.terms), set(branch.but_not)
    return any(
        (set(other.terms) < terms and set(other.but_not) <= but_not)
        or (set(other.terms) <= terms and set(other.but_not) < but_not)
        for other in others
    )
