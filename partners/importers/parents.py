"""Under whom a row stands: by code, or below the head at the same postal code. Rows may come in any order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from partners.domain.places import distance_km
from partners.models import PartnerKind

RANKS = {
    PartnerKind.BRAND_OWNER: 0,
    PartnerKind.DISTRIBUTOR: 1,
    PartnerKind.DEALER: 2,
    PartnerKind.SUB_DEALER: 3,
    PartnerKind.RETAILER: 4,
    PartnerKind.SERVICE_CENTRE: 4,
    PartnerKind.BRANCH: 4,
}
LEADS_OTHERS = 2
"""Kinds of this rank or a higher one may stand directly below the brand owner."""
DEEPEST_SEARCH = 64


@dataclass(frozen=True, slots=True)
class Node:
    """A partner as far as the tree is concerned, from the file or from the network."""

    code: str
    kind: str
    postal_code: str
    point: tuple[float, float] | None = None
    parent: str = ""

    @property
    def rank(self) -> int:
        return RANKS[PartnerKind(self.kind)]


@dataclass
class Family:
    """Everybody who may be a parent: partners of the network, overruled by rows of the file."""

    root: str
    nodes: dict[str, Node] = field(default_factory=dict)
    by_postal_code: dict[str, list[Node]] = field(default_factory=dict)
    in_file: dict[str, int] = field(default_factory=dict)

    def add(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            self.nodes[node.code] = node
            if node.rank <= LEADS_OTHERS and node.rank and node.postal_code:
                self.by_postal_code.setdefault(node.postal_code, []).append(node)

    def heads(self, node: Node) -> list[Node]:
        """The partners of the highest kind at the postal code, if that is above the row's own."""
        there = {other.code: other for other in self.by_postal_code.get(node.postal_code, ())}.values()
        highest = min((other.rank for other in there), default=node.rank)
        if highest >= node.rank:
            return []
        return sorted((other for other in there if other.rank == highest), key=lambda other: other.code)


def nearest(node: Node, heads: list[Node]) -> Node:
    """Of several heads the nearest; without coordinates the first by code."""

    def away(head: Node) -> tuple[float, str]:
        known = node.point is not None and head.point is not None
        return (distance_km(node.point, head.point) if known else 0.0, head.code)  # type: ignore[arg-type]

    placed = [head for head in heads if head.point is not None] if node.point is not None else []
    return min(placed or heads, key=away)


def depth_in_file(code: str, parents: Mapping[str, str], in_file: Mapping[str, Any]) -> int | None:
    """How many rows of the file stand above the row; None when it stands below itself."""
    depth = 0
    seen = {code}
    parent = parents.get(code, "")
    while parent in in_file:
        if parent in seen or depth > DEEPEST_SEARCH:
            return None
        seen.add(parent)
        depth += 1
        parent = parents.get(parent, "")
    return depth
