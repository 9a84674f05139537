"""Why somebody can, or cannot, see a record: the answer of `visible_to` and of the masks, taken apart.

Nothing is decided here. Each holding is asked alone through the very functions that decide on pages, and the
sentences say which of its terms the record meets and which it does not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise_everywhere, may
from dnm.scoping.branches import Branch
from dnm.scoping.capabilities import roles_with
from dnm.scoping.masks import Mask
from dnm.scoping.moves import ids_of
from dnm.scoping.permissions import OversightCapability
from dnm.scoping.querysets import NetworkWideQuerySet, PersonalQuerySet, ReferenceQuerySet
from dnm.web.formats import short_day
from partners.domain.people import members_visible_to, partner_of
from partners.models import Partner, PartnerHolding, ProductLine, Territory, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, Role

ABOVE = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


@dataclass(frozen=True, slots=True)
class Ground:
    """One holding and what it does here: `opens`, and the sentences why or why not."""

    words: str
    opens: bool
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """Fields that a mask covers: shown or hidden, and by which holdings."""

    names: list[str]
    shown: bool
    grounds: list[Ground]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict, in one sentence, and what decides."""

    sees: bool
    sentence: str
    roles: list[str]
    """The roles that would open it."""
    partner_path: list[str] = field(default_factory=list)
    territory_path: list[str] = field(default_factory=list)
    grounds: list[Ground] = field(default_factory=list)
    fields: list[FieldAnswer] = field(default_factory=list)


def rows_in_sight(model: Any, actor: Actor, capability: str) -> Any:
    """The rows of the model that the actor sees with the capability: what pages ask."""
    if model is Membership:
        return members_visible_to(actor)
    return model.objects.visible_to(actor, capability)


def explain_page(*, member: Membership, capability: str, actor: Actor, at: datetime) -> Explanation:
    """Why the member may, or may not, open a page that asks for a capability and is about no one row."""
    authorise_everywhere(actor, OversightCapability.EXPLAIN)
    eyes = actor_for_membership(member, via="session", at=at)
    sees = not _locked(member) and (not capability or may(eyes, capability))
    sentence = _("{member} can open this page.") if sees else _("{member} cannot open this page.")
    grounds = []
    for holding, grant in _held(member):
        opens = _is_live(holding, at) and (not capability or may(_only(eyes, grant), capability))
        reasons = [*_dates(holding, at), *([] if opens else [_role_reason(grant, capability)])]
        grounds.append(Ground(_words(holding), opens, [one for one in reasons if one]))
    return Explanation(
        sees, _told(sentence, member), _names_of_roles(capability) if capability else [], grounds=grounds
    )


def explain(*, member: Membership, row: Any, capability: str, actor: Actor, at: datetime) -> Explanation:
    """Why the member sees, or does not see, `row` with the capability; and which of its fields.

    For those who may ask, over the whole network. Raises `NotAllowed`.
    """
    authorise_everywhere(actor, OversightCapability.EXPLAIN)
    eyes = actor_for_membership(member, via="session", at=at)
    sees = not _locked(member) and _sees(row, eyes, capability)
    anchor, asked = _anchored(row, capability)
    names = _Names(anchor)
    sentence = _("{member} sees this record.") if sees else _("{member} does not see this record.")
    return Explanation(
        sees=sees,
        sentence=_told(sentence, member),
        roles=_names_of_roles(asked),
        partner_path=names.path("partner"),
        territory_path=names.path("territory"),
        grounds=[
            _ground(holding, grant, row, capability, eyes, at, names) for holding, grant in _held(member)
        ],
        fields=[
            _field(mask, member, row, eyes, at, names) for mask in getattr(type(row), "masks", ()) if sees
        ],
    )


def grant_of(holding: PartnerHolding | TerritoryHolding) -> Grant:
    """The grant that a holding is while it is live (see `load_grants`, which reads them in one query)."""
    within = holding.within_territory
    lines = holding.product_line_ids
    return Grant(
        role=holding.role,
        tree="partner" if isinstance(holding, PartnerHolding) else "territory",
        node=holding.content_object_id,  # type: ignore[attr-defined]
        level=holding.content_object.level,
        within=(within.pk, within.level) if within is not None else None,
        lines=frozenset(lines) if lines is not None else None,
        until=holding.valid_to,
        path=ids_of(holding.content_object.path),
    )


# -- the parts ------------------------------------------------------------------------------------------


def _held(member: Membership) -> Iterator[tuple[Any, Grant]]:
    for model in (TerritoryHolding, PartnerHolding):
        rows: Any = model.objects.filter(membership=member)
        for holding in rows.select_related("permission", "content_object", "within_territory").order_by("pk"):
            yield holding, grant_of(holding)


def _only(eyes: Actor, grant: Grant) -> Actor:
    return replace(eyes, grants=(grant,))


def _sees(row: Any, eyes: Actor, capability: str) -> bool:
    return bool(rows_in_sight(type(row), eyes, capability).filter(pk=row.pk).exists())


def _locked(member: Membership) -> bool:
    return member.state != MembershipState.ACTIVE or not member.user.is_active


def _told(sentence: str, member: Membership) -> str:
    told = sentence.format(member=member.user)
    if _locked(member):
        return _("{told} The member is locked.").format(told=told)
    return told


def _anchored(row: Any, capability: str) -> tuple[Any, str]:
    """What of the row hangs in the trees, and the capability that is asked there."""
    if isinstance(row, Membership):
        return partner_of(row), PartnerCapability.VIEW_PEOPLE
    return row, capability


def _field(
    mask: Mask, member: Membership, row: Any, eyes: Actor, at: datetime, names: "_Names"
) -> FieldAnswer:
    labels = [str(capfirst(row._meta.get_field(name).verbose_name)) for name in mask.fields]
    grounds = [
        _ground(holding, grant, row, mask.capability, eyes, at, names) for holding, grant in _held(member)
    ]
    return FieldAnswer(labels, may(eyes, mask.capability, row), grounds)


def _ground(
    holding: Any, grant: Grant, row: Any, capability: str, eyes: Actor, at: datetime, names: "_Names"
) -> Ground:
    anchor, asked = _anchored(row, capability)
    only = _only(eyes, grant)
    opens = _is_live(holding, at) and _sees(row, only, capability)
    if opens:
        return Ground(_words(holding), True, [_("The role allows it, and the record lies within its reach.")])
    reasons = [*_dates(holding, at)]
    if grant.role not in roles_with(asked):
        reasons.append(_role_reason(grant, asked))
    elif anchor is not None:
        reasons += _reach(only, grant, anchor, asked, names)
    return Ground(_words(holding), False, reasons)


def _reach(only: Actor, grant: Grant, row: Any, capability: str, names: "_Names") -> list[str]:
    """Which terms of the holding's reach the row does not meet."""
    if isinstance(type(row).objects.all(), PersonalQuerySet):
        return [_("The record belongs to one member, who alone sees it, whatever the roles.")]
    if isinstance(type(row).objects.all(), NetworkWideQuerySet) and not grant.is_whole:
        return [_("The record concerns the whole network; the role is held for a part of it.")]
    if isinstance(type(row).objects.all(), ReferenceQuerySet) or not hasattr(row, "scope_branches"):
        return []
    branches: Sequence[Branch] = row.scope_branches(only, capability)
    if not branches and grant.lines is not None:
        return [_("The role is held for some product lines only, and such a record knows none.")]
    moved_away = [
        _("Its partner has moved in the organisation, and is not below this place any more.")
        for branch in branches
        if branch.but_not and not branch.matches(row) and Branch(branch.terms).matches(row)
    ]
    return moved_away or [
        _term(name, value, grant, names)
        for branch in branches
        for name, value in branch.terms
        if not Branch(((name, value),)).matches(row)
    ]


def _term(name: str, value: Any, grant: Grant, names: "_Names") -> str:
    if (
        name.startswith("territory_")
        and grant.within
        and value == grant.within[0]
        and (grant.tree == "partner" or value != grant.node)
    ):
        return _("The role is limited to {place}, and the record lies in {path}.").format(
            place=names.node("territory", value), path=names.chain("territory")
        )
    if name.startswith(("territory_", "partner_")) and name != "partner_id":
        tree = "territory" if name.startswith("territory_") else "partner"
        return _("The role is held at {node}, and the record lies under {path}.").format(
            node=names.node(tree, value), path=names.chain(tree)
        )
    if name in ("partner_id", "id"):
        return _(
            "This reaches the records of {node} itself and not of those below it; the record is {path}'s."
        ).format(node=names.node("partner", value), path=names.chain("partner"))
    if "line" in name:
        lines = ProductLine.objects.filter(pk__in=value).order_by("name").values_list("name", flat=True)
        return _("The role is held for {lines} only, and the record is for something else.").format(
            lines=", ".join(lines) or _("no product line")
        )
    return _("The record is outside its reach ({term}).").format(term=name)


def _role_reason(grant: Grant, capability: str) -> str:
    if not capability or grant.role in roles_with(capability):
        return ""
    return _("The role {role} does not allow this; it is for: {roles}.").format(
        role=ROLE_LABELS[Role(grant.role)], roles=", ".join(_names_of_roles(capability))
    )


def _names_of_roles(capability: str) -> list[str]:
    return sorted(str(ROLE_LABELS[Role(role)]) for role in roles_with(capability))


def _is_live(holding: Any, at: datetime) -> bool:
    day = _day(holding, at)
    return (holding.valid_from is None or holding.valid_from <= day) and (
        holding.valid_to is None or holding.valid_to >= day
    )


def _dates(holding: Any, at: datetime) -> list[str]:
    day = _day(holding, at)
    if holding.valid_from is not None and holding.valid_from > day:
        return [_("It begins on {day}.").format(day=short_day(holding.valid_from))]
    if holding.valid_to is not None and holding.valid_to < day:
        return [_("It ended on {day}.").format(day=short_day(holding.valid_to))]
    return []


def _day(holding: Any, at: datetime) -> date:
    return at.astimezone(holding.membership.network.zone).date()


def _words(holding: Any) -> str:
    """The holding as a line: role, node, and what narrows it."""
    words = _("{role} at {node}").format(role=ROLE_LABELS[Role(holding.role)], node=holding.content_object)
    if holding.within_territory is not None:
        words += _(", within {place}").format(place=holding.within_territory)
    if holding.product_line_ids is not None:
        lines = ProductLine.objects.filter(pk__in=holding.product_line_ids).order_by("name")
        words += _(", for {lines}").format(lines=", ".join(map(str, lines)) or _("no product line"))
    if holding.valid_from is not None:
        words += _(", from {day}").format(day=short_day(holding.valid_from))
    if holding.valid_to is not None:
        words += _(", until {day}").format(day=short_day(holding.valid_to))
    return str(words)


class _Names:
    """The names of the nodes above a row, from the top, and of any other node.

    By the tree as it is now: a row below a partner that has just moved may still name the old ones.
    """

    def __init__(self, row: Any) -> None:
        self._row = row
        self._known: dict[tuple[str, int], str] = {}

    def path(self, tree: str) -> list[str]:
        found = self._nodes(tree)
        self._read(tree, found)
        return [self._known[tree, node] for node in found if (tree, node) in self._known]

    def _nodes(self, tree: str) -> list[int]:
        anchor = getattr(type(self._row), "scope_anchors", {}).get(tree)
        hangs_on: Any = getattr(self._row, anchor, None) if anchor and anchor != "self" else self._row
        if anchor and hangs_on is not None:
            return list(ids_of(hangs_on.path))
        nodes = [getattr(self._row, f"{tree}_{level}", None) for level in range(1, 9)]
        return [node for node in nodes if node is not None]

    def chain(self, tree: str) -> str:
        return ABOVE.join(self.path(tree)) or _("no place")

    def node(self, tree: str, pk: int) -> str:
        self._read(tree, [pk])
        return self._known.get((tree, pk), _("a place that is gone"))

    def _read(self, tree: str, nodes: Sequence[int]) -> None:
        missing = [node for node in nodes if (tree, node) not in self._known]
        if missing:
            model: Any = Partner if tree == "partner" else Territory
            rows = model.objects.filter(pk__in=missing)
            self._known |= {(tree, row.pk): str(row) for row in rows}
