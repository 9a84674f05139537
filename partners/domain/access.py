"""Granting roles at nodes, and reading who holds what. The only code besides the models that knows
guardian.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.models import Membership, Network
from dnm.accounts.models.memberships import MembershipState
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.branches import grants_with
from dnm.scoping.capabilities import roles_with
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.events import RoleGranted, RoleRevoked
from partners.models import Partner, PartnerHolding, Territory, TerritoryHolding
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, STAFF_ROLES, Role, hold_permission

Node = Partner | Territory
Holding = PartnerHolding | TerritoryHolding
NLEVEL = Func(F("content_object__path"), function="nlevel", output_field=models.IntegerField())
WITHIN_LEVEL = Func(F("within_territory__path"), function="nlevel", output_field=models.IntegerField())


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
            "within_territory_id",
            "within_level",
            "product_line_ids",
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
        )
        for codename, tree, node, level, within, within_level, lines in rows[0].union(rows[1], all=True)
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
    if is_partner and role not in PARTNER_ROLES and node.parent_id is not None:
        raise Invalid(fields={"role": _("This role is for the brand owner's people.")})
    if not is_partner and role not in STAFF_ROLES:
        raise Invalid(fields={"role": _("This role is held at a partner.")})
    if valid_from and valid_to and valid_to < valid_from:
        raise Invalid(fields={"valid_to": _("Ends before it begins.")})
    _check_may_manage(actor, node, role)
    _check_not_wider(actor, node, within_territory, product_line_ids)
    model: Any = PartnerHolding if is_partner else TerritoryHolding
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
    """Take a role away; it ends with the member's next request."""
    node = holding.content_object
    _check_may_manage(actor, node, Role(holding.role))
    if actor.membership_id == holding.membership_id:
        raise Conflict(_("Somebody else must take a role from you."), code="own-membership")
    publish(
        RoleRevoked(role=holding.role, member=str(holding.membership.uid)), subject=node, actor=actor, at=at
    )
    holding.delete()


def holders_at(partner: Partner, capability: str, *, at: datetime) -> QuerySet[Membership]:
    """Active members who hold the capability by a role at exactly this partner: those to alert about its
    work.
    """
    return _holders(PartnerHolding, capability, partner.network, at).filter(
        partnerholdings__content_object=partner
    )


def holders_over(territory: Territory, capability: str, *, at: datetime) -> QuerySet[Membership]:
    """Active members who hold the capability at this territory or one above it."""
    above = [int(label) for label in str(territory.path).split(".")]
    return _holders(TerritoryHolding, capability, territory.network, at).filter(
        territoryholdings__content_object__in=above
    )


def _holders(model: Any, capability: str, network: Network, at: datetime) -> Any:
    related = f"{model._meta.model_name}s"
    codenames = [hold_permission(role) for role in roles_with(capability)]
    day = at.astimezone(network.zone).date()
    live = model.objects.filter(live_on(day), permission__codename__in=codenames)
    return (
        Membership.objects.filter(
            state=MembershipState.ACTIVE, user__is_active=True, **{f"{related}__in": live}
        )
        .select_related("user")
        .distinct()
    )


def _permission(model: Any, role: Role) -> Permission:
    node_model = model._meta.get_field("content_object").related_model
    return Permission.objects.get_by_natural_key(
        hold_permission(role), node_model._meta.app_label, node_model._meta.model_name
    )


def _check_may_manage(actor: Actor, node: Node, role: Role) -> None:
    if actor.is_system:
        return
    authorise(actor, PartnerCapability.MANAGE_PEOPLE, node)
    administrators = roles_with(PartnerCapability.ADD)
    if role not in actor.roles and not (actor.roles & administrators) and role in STAFF_ROLES:
        raise NotAllowed(_("You cannot give a role that you do not hold."))


def _check_not_wider(
    actor: Actor, node: Node, within: Territory | None, lines: Collection[int] | None
) -> None:
    own = grants_with(actor, PartnerCapability.MANAGE_PEOPLE)
    if not actor.is_system and not any(_covers(grant, node, within, lines) for grant in own):
        raise NotAllowed(_("You cannot give a wider right than your own."))


def _covers(grant: Grant, node: Node, within: Territory | None, lines: Collection[int] | None) -> bool:
    """Whether a right at `node`, narrowed like this, lies wholly inside the grant."""
    if getattr(node, f"{grant.tree}_{grant.level}") != grant.node:
        return False
    if grant.lines is not None and (lines is None or not grant.lines >= set(lines)):
        return False
    if grant.within is None:
        return True
    place = node if within is None and isinstance(node, Territory) else within
    territory, level = grant.within
    return place is not None and getattr(place, f"territory_{level}") == territory


def _network(membership: Membership) -> Network:
    return membership.network
