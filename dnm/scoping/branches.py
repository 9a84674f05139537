"""A scope as data: the few places where an actor holds a capability, as terms over a row's level columns.

The same terms are read as SQL (`Branch.q`) and against a loaded row (`Branch.matches`), so that a list and a
button never disagree.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from dnm.accounts.actors import Actor, Grant
from dnm.scoping.capabilities import is_mask, roles_with

Term = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Branch:
    """All terms must hold: `("partner_3", 17)`, `("product_line_id__in", frozenset(...))`, `(…__overlap,
    …)`.
    """

    terms: tuple[Term, ...]

    @property
    def q(self) -> Q:
        """Every term counts, also two over one column: such a branch reaches no row."""
        return Q(
            *((name, sorted(value) if isinstance(value, frozenset) else value) for name, value in self.terms)
        )

    def matches(self, row: Any) -> bool:
        return all(_holds(row, name, value) for name, value in self.terms)


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
        return tuple(Branch((*one.terms, *other.terms)) for one in theirs for other in mine)
    found: dict[Branch, None] = {}
    for grant in grants_with(actor, capability):
        column = f"{grant.tree}_{grant.level}"
        if own_column and grant.tree == "partner" and grant.level > 1:
            column = own_column
        terms: list[Term] = [(column, grant.node)]
        if grant.within is not None:
            terms.append((f"territory_{grant.within[1]}", grant.within[0]))
        if grant.lines is not None:
            if line_term is None:
                continue
            terms.append((line_term, grant.lines))
        found[Branch(tuple(terms))] = None
    return tuple(branch for branch in found if not _narrower(branch, found))


def _narrower(branch: Branch, others: dict[Branch, None]) -> bool:
    terms = set(branch.terms)
    return any(set(other.terms) < terms for other in others)
