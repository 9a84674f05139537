"""The people that a publication is addressed to: the same rule as `Publication.addressed_to`, asked the other
way round, over everybody's roles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.capabilities import roles_with
from partners.domain.access import live_on
from partners.models import (
    Acknowledgement,
    Partner,
    PartnerHolding,
    PartnerKind,
    Publication,
    TerritoryHolding,
    TierStanding,
)
from partners.permissions import PartnerCapability
from partners.permissions.content import ContentCapability
from partners.roles import Role, hold_permission


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who ought to read a publication: as whom, where, and since when it is acknowledged."""

    member: Membership
    role: str
    place: Any
    acknowledged_at: datetime | None


def members_addressed(publication: Publication, at: datetime) -> Any:
    """The members that a publication is addressed to, by id. Reads the owner: select it with the row."""
    day = _today(publication, at)
    held = Q(pk__in=_at_partners(publication, day).values("membership"))
    held |= Q(pk__in=_of_the_network(publication, day).values("membership"))
    held |= Q(pk__in=_at_the_brand(publication, day).values("membership"))
    members = Membership.objects.filter(held, state=MembershipState.ACTIVE, user__is_active=True)
    return members.order_by("pk")


def not_acknowledged(members: Any, publication: Publication) -> Any:
    """Those of the members who have not acknowledged the version that counts, or a later one."""
    return members.filter(~Q(Exists(_seen(publication).filter(membership=OuterRef("pk")))))


def readers(publication: Publication, actor: Actor, at: datetime, *, missing_only: bool) -> Iterator[Reader]:
    """The readers that the actor may know of, by partner and name; the network's own people come first."""
    day = _today(publication, at)
    partners = Partner.objects.visible_to(actor, PartnerCapability.VIEW_PEOPLE)
    mine = Q(Exists(partners.filter(pk=OuterRef("content_object"))))
    staff = [*_of_the_network(publication, day).select_related(*RELATED)]
    staff += _at_the_brand(publication, day).filter(mine).select_related(*RELATED)
    below = _at_partners(publication, day).filter(mine).select_related(*RELATED)
    below = below.order_by("content_object__trade_name", "membership__user__name", "pk")
    seen = dict(_seen(publication).order_by("-at").values_list("membership", "at"))
    staff.sort(key=lambda one: (one.membership.user.name, one.pk))
    told: set[tuple[int, Any]] = set()
    for holding in [*staff, *below]:
        place = holding.content_object if isinstance(holding, PartnerHolding) else publication.partner
        at_once = (holding.membership_id, place.pk)
        acknowledged = seen.get(holding.membership_id)
        if at_once in told or (missing_only and acknowledged is not None):
            continue
        told.add(at_once)
        yield Reader(holding.membership, holding.role, place, acknowledged)


RELATED = ("membership__user", "permission", "content_object")


def _seen(publication: Publication) -> Any:
    return Acknowledgement.objects.filter(
        publication=publication.pk, version__number__gte=publication.anew_from
    )


def _at_partners(publication: Publication, day: date) -> Any:
    """Roles at partners at or below the owner, the brand owner's own left aside."""
    owner = publication.partner
    rows = _held(PartnerHolding, publication, day).filter(
        **{f"content_object__partner_{owner.level}": owner.pk}, content_object__parent__isnull=False
    )
    if publication.for_kinds:
        rows = rows.filter(content_object__kind__in=publication.for_kinds)
    if publication.for_tiers:
        tiers = publication.for_tiers
        held = TierStanding.objects.filter(partner=OuterRef("content_object"))
        rows = rows.filter(
            Exists(held.filter(Q(override_tier__in=tiers) | Q(override_tier=None, tier__in=tiers)))
        )
    if publication.for_territory is not None:
        place = publication.for_territory
        rows = rows.filter(**{f"content_object__territory_{place.level}": place.pk})
    if publication.for_lines:
        lines = publication.for_lines
        own = Q(product_line_ids=None, content_object__product_line_ids__overlap=lines)
        rows = rows.filter(own | Q(product_line_ids__overlap=lines))
    return rows


def _of_the_network(publication: Publication, day: date) -> Any:
    """Staff roles at territories."""
    rows = _staff(TerritoryHolding, publication, day)
    if publication.for_territory is not None:
        place = publication.for_territory
        rows = rows.filter(**{f"content_object__territory_{place.level}": place.pk})
    return rows


def _at_the_brand(publication: Publication, day: date) -> Any:
    """Staff roles at the brand owner itself, which is in no part of the geography."""
    rows = _staff(PartnerHolding, publication, day).filter(content_object__parent=None)
    return rows.none() if publication.for_territory_id else rows


def _staff(model: Any, publication: Publication, day: date) -> Any:
    rows = _held(model, publication, day)
    kinds = publication.for_kinds
    if publication.partner.parent_id is not None or publication.for_tiers:
        return rows.none()
    if kinds and PartnerKind.BRAND_OWNER not in kinds:
        return rows.none()
    if publication.for_lines:
        rows = rows.filter(Q(product_line_ids=None) | Q(product_line_ids__overlap=publication.for_lines))
    return rows


def _held(model: Any, publication: Publication, day: date) -> Any:
    """Live roles of people who can log in, among the roles that the publication is for."""
    roles = set(publication.for_roles) or roles_with(ContentCapability.VIEW)
    names = [hold_permission(Role(role)) for role in sorted(roles)]
    who = Q(membership__state=MembershipState.ACTIVE, membership__user__is_active=True)
    return model.objects.filter(live_on(day), who, permission__codename__in=names)


def _today(publication: Publication, at: datetime) -> date:
    network = Network.objects.get(pk=publication.network_id)
    return at.astimezone(network.zone).date()
