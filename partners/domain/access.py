"""Granting roles at nodes, and reading who holds what. The only code besides the models that knows
guardian.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import Membership, Network
from dnm.accounts.models.memberships import MembershipState
from dnm.events.publishing import publish
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise, may
from dnm.scoping.branches import grants_with
from dnm.scoping.capabilities import roles_with
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.scoping.moves import ids_of, noting_moves
from partners.events import RoleGranted, RoleRevoked
from partners.models import Partner, PartnerHolding, Territory, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, STAFF_ROLES, Role, hold_permission

Node = Partner | Territory
Holding = PartnerHolding | TerritoryHolding
NLEVEL = Func(F("content_object__path"), function="nlevel", output_field=models.IntegerField())
WITHIN_LEVEL = Func(F("within_territory__path"), function="nlevel", output_field=models.IntegerField())


@dataclass(frozen=True, slots=True)
class Right:
    """What a holding gives: a role's reach from a node, narrowed by territory, lines and a last day."""

    node: Node
    within: Territory | None
    lines: Collection[int] | None
    until: date | None


def live_on(day: date) -> Q:
    """Holdings that are valid on a day (of the network's time zone)."""
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )


def load_grants(membership: Membership, at: datetime) -> tuple[Grant, ...]:
    """The membership's live grants, partner and territory ones in one query."""
    day = at.astimezone(_network(membership).zone).date()
    rows = [
        model.objects.filter(live_on(day), membership=membership)
        .annotate(tree=Value(tree, output_field=models.CharField()), level=NLEVEL, within_level=WITHIN_LEVEL)
        .values_list(
            "permission__codename",
            "tree",
            "content_object_id",
            "level",
            "content_object__path",
            "within_territory_id",
            "within_level",
            "product_line_ids",
            "valid_to",
        )
        for model, tree in ((PartnerHolding, "partner"), (TerritoryHolding, "territory"))
    ]
    return tuple(
        Grant(
            role=codename.removeprefix("hold_"),
            tree=tree,
            node=node,
            level=level,
            within=(within, within_level) if within is not None else None,
            lines=frozenset(lines) if lines is not None else None,
            until=until,
            path=ids_of(path),
        )
        for codename, tree, node, level, path, within, within_level, lines, until in rows[0].union(
            rows[1], all=True
        )
    )


@transaction.atomic
def grant_role(
    *,
    membership: Membership,
    role: Role,
    node: Node,
    actor: Actor,
    at: datetime,
    within_territory: Territory | None = None,
    product_line_ids: Collection[int] | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Holding:
    """Let a membership hold `role` at `node`: one row. Granting again changes the limits of the holding.

    The actor needs the right to manage people on the node, cannot give what it does not hold there itself,
    and gives nothing wider than its own right: whoever manages people for the pumps in the north gives roles
    for the pumps in the north. Raises `NotAllowed`, and `Invalid` for a role that does not belong on this
    kind of node.
    """
    is_partner = isinstance(node, Partner)
    _check_place(role, node)
    if valid_from and valid_to and valid_to < valid_from:
        raise Invalid(fields={"valid_to": _("Ends before it begins.")})
    if actor.membership_id == membership.pk:
        raise Conflict(_("Somebody else must give a role to you."), code="own-membership")
    check_may_give(actor, role, Right(node, within_territory, product_line_ids, valid_to))
    model: Any = PartnerHolding if is_partner else TerritoryHolding
    standing = model.objects.filter(
        membership=membership, permission=_permission(model, role), content_object=node
    ).first()
    if standing is not None:
        check_may_give(actor, role, right_of(standing))
    holding, _created = model.objects.update_or_create(
        network_id=actor.network_id,
        membership=membership,
        permission=_permission(model, role),
        content_object=node,
        defaults={
            "user_id": membership.user_id,
            "within_territory": within_territory,
            "product_line_ids": sorted(product_line_ids) if product_line_ids is not None else None,
            "valid_from": valid_from,
            "valid_to": valid_to,
        },
    )
    publish(RoleGranted(role=str(role), member=str(membership.uid)), subject=node, actor=actor, at=at)
    return holding


@transaction.atomic
def revoke_role(*, holding: Holding, actor: Actor, at: datetime) -> None:
    """Take a role away that the actor could give; it ends with the member's next request."""
    node = holding.content_object
    check_may_give(actor, Role(holding.role), right_of(holding))
    if actor.membership_id == holding.membership_id:
        raise Conflict(_("Somebody else must take a role from you."), code="own-membership")
    publish(
        RoleRevoked(role=holding.role, member=str(holding.membership.uid)), subject=node, actor=actor, at=at
    )
    holding.delete()


def holders_at(row: Any, capability: str, *, at: datetime) -> list[Membership]:
    """Active members who hold the capability on the row by a role at exactly its partner: those to alert."""
    return _holders(
        row,
        capability,
        at,
        Q(partnerholdings__content_object=row if isinstance(row, Partner) else row.partner_id),
    )


def holders_over(row: Any, capability: str, *, at: datetime) -> list[Membership]:
    """Active members who hold the capability on the row by a role at its territory, above it, or at the brand
    owner: the network's own people.
    """
    above = [
        int(label) for label in str((row if isinstance(row, Territory) else row.territory).path).split(".")
    ]
    staff = Q(territoryholdings__content_object__in=above)
    return _holders(row, capability, at, staff | Q(partnerholdings__content_object__parent=None))


def _holders(row: Any, capability: str, at: datetime, placed: Q) -> list[Membership]:
    """Of those who hold something at such a place, the ones whose live grants reach the row: lines, territory
    and dates count.
    """
    members = noting_moves(
        Membership.objects.filter(placed, state=MembershipState.ACTIVE, user__is_active=True)
        .select_related("user", "network")
        .distinct()
    )
    return [
        member
        for member in members
        if may(actor_for_membership(member, via="session", at=at), capability, row)
    ]


def _permission(model: Any, role: Role) -> Permission:
    node_model = model._meta.get_field("content_object").related_model
    return Permission.objects.get_by_natural_key(
        hold_permission(role), node_model._meta.app_label, node_model._meta.model_name
    )


def right_of(holding: Holding) -> Right:
    """Where and for what a holding holds."""
    return Right(holding.content_object, holding.within_territory, holding.product_line_ids, holding.valid_to)


def check_may_give(actor: Actor, role: Role, right: Right) -> None:
    """Whether one of the actor's own grants to manage people covers the right wholly; for staff roles it must
    be an administrator's. Raises `NotAllowed`.
    """
    if actor.is_system:
        return
    authorise(actor, PartnerCapability.MANAGE_PEOPLE, right.node)
    if not any(_covers(grant, right) for grant in _giving(actor, role)):
        raise NotAllowed(_("You cannot give or take a wider right than your own."))


def narrowed(actor: Actor, role: Role, right: Right) -> Right:
    """The right as far as the actor may give it: what it leaves open is narrowed to the actor's own limits.

    Whoever manages people for the pumps gives roles for the pumps, without having to say so. Raises
    `NotAllowed`, and `Invalid` for a role that does not belong on this kind of node.
    """
    _check_place(role, right.node)
    if not actor.is_system and not any(_covers(grant, right) for grant in _giving(actor, role)):
        for grant in _giving(actor, role):
            within = Territory.objects.filter(pk=grant.within[0]).first() if grant.within else None
            lines = sorted(grant.lines) if grant.lines is not None else None
            narrower = Right(
                right.node, right.within or within, right.lines or lines, right.until or grant.until
            )
            if _covers(grant, narrower):
                right = narrower
                break
    check_may_give(actor, role, right)
    return right


def _check_place(role: Role, node: Node) -> None:
    if isinstance(node, Partner):
        if role not in PARTNER_ROLES and node.parent_id is not None:
            raise Invalid(fields={"role": _("This role is for the brand owner's people.")})
    elif role not in STAFF_ROLES:
        raise Invalid(fields={"role": _("This role is held at a partner.")})


def _giving(actor: Actor, role: Role) -> tuple[Grant, ...]:
    """The actor's grants by which it may give the role."""
    own = grants_with(actor, PartnerCapability.MANAGE_PEOPLE)
    if role not in STAFF_ROLES:
        return own
    administrators = roles_with(PartnerCapability.ADD)
    return tuple(grant for grant in own if grant.role in administrators)


def holdings_of(membership: Membership) -> list[Holding]:
    """Everything that the member holds, past and future too, with what `right_of` reads."""
    return [
        holding
        for model in (PartnerHolding, TerritoryHolding)
        for holding in model.objects.filter(membership=membership).select_related(
            "permission", "content_object", "within_territory"
        )
    ]


def _covers(grant: Grant, right: Right) -> bool:
    """Whether the right lies wholly inside the grant: place, territory, product lines and time."""
    if getattr(right.node, f"{grant.tree}_{grant.level}") != grant.node:
        return False
    if grant.lines is not None and (right.lines is None or not grant.lines >= set(right.lines)):
        return False
    if grant.until is not None and (right.until is None or right.until > grant.until):
        return False
    if grant.within is None:
        return True
    place = right.node if right.within is None and isinstance(right.node, Territory) else right.within
    territory, level = grant.within
    return place is not None and getattr(place, f"territory_{level}") == territory


def _network(membership: Membership) -> Network:
    return membership.network
