"""The demo's organisation: what partners are authorised for, and two moves, one done and one planned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import network_context
from dnm.demo.plan import NetworkPlan
from dnm.scoping.actors import actor_for_membership
from leads.models import Lead, Offer
from partners.domain.authorisations import authorise_partner
from partners.domain.moves import move_partner
from partners.models import Activity, Affiliation, Authorisation, Partner, PartnerKind, ProductLine
from partners.states import PartnerState

AUTHORISED = ("dealer", "sibling", "rival", "distributor")
"""Whose partners have authorisations, by the first part of the login. The others sell what stands among their
facts.
"""
LOOKED_AT = 100
"""Retailers that may move."""


def write_organisation(plan: NetworkPlan) -> int:
    """Authorisations and moves of one network, by the verbs of the domain; returns how many authorisations.

    Rights to sell are everywhere, so that they change nothing about who gets the demo's leads.
    """
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    with network_context(network):
        if Authorisation.objects.exists():
            return 0
        admin = Membership.objects.select_related("user", "network").get(
            user__email=f"admin@{network.slug}.example"
        )
        actor = actor_for_membership(admin, via="session", at=now)
        partners = {_partner_of(f"{login}@{network.slug}.example"): login for login in reversed(AUTHORISED)}
        for partner, login in partners.items():
            _authorise(partner, login == "dealer", actor, now)
        _move(actor, now)
        return int(Authorisation.objects.count())


def _partner_of(email: str) -> Partner:
    rows = Affiliation.objects.select_related("partner__territory__parent")
    return rows.get(membership__user__email=email).partner  # type: ignore[no-any-return]


def _authorise(partner: Partner, is_first: bool, actor: Actor, now: datetime) -> None:
    """Selling all its lines, servicing the first of them at home, and parts once; the first partner buys one
    line from elsewhere and has an exclusive right.
    """
    lines = list(ProductLine.objects.filter(pk__in=partner.product_line_ids).order_by("pk"))
    year = now.year - 1
    begun = now - timedelta(days=200)
    for line in lines:
        elsewhere = is_first and len(lines) > 1 and line == lines[-1]
        authorise_partner(
            partner=partner, product_line=line, activity=Activity.SELL, valid_from=date(year, 1, 1),
            supplier=_other_distributor(partner) if elsewhere else None, actor=actor, at=begun,
        )  # fmt: skip
    home: Any = partner.territory
    authorise_partner(
        partner=partner, product_line=lines[0], activity=Activity.SERVICE, valid_from=date(year, 4, 1),
        territory=home if is_first else home.parent, is_exclusive=is_first,
        actor=actor, at=begun,
    )  # fmt: skip
    authorise_partner(
        partner=partner, product_line=lines[0], activity=Activity.PARTS, valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 31), actor=actor, at=begun,
    )  # fmt: skip
    if is_first:
        authorise_partner(
            partner=partner, product_line=lines[0], activity=Activity.PARTS,
            valid_from=date(now.year + 1, 1, 1), territory=partner.territory, actor=actor, at=begun,
        )  # fmt: skip


def _other_distributor(partner: Partner) -> Partner | None:
    """A live distributor that does not stand above the partner."""
    above = [int(label) for label in str(partner.path).split(".")]
    rows = Partner.objects.filter(kind=PartnerKind.DISTRIBUTOR, state=PartnerState.LIVE)
    return rows.exclude(pk__in=above).order_by("pk").first()  # type: ignore[no-any-return]


def _move(actor: Actor, now: datetime) -> None:
    """Two retailers that nobody asks for anything go from one dealer to another: a while ago, and on the
    first of a month to come. Small networks may have none.
    """
    idle = Partner.objects.filter(
        ~Exists(Lead.objects.filter(partner=OuterRef("pk"))),
        ~Exists(Offer.objects.filter(partner=OuterRef("pk"))),
        kind=PartnerKind.RETAILER,
        state=PartnerState.LIVE,
    )
    dealers = Partner.objects.filter(kind=PartnerKind.DEALER, state=PartnerState.LIVE)
    coming = (now.replace(day=1) + timedelta(days=70)).date().replace(day=1)
    waiting = [
        ("The dealer gives its retail business in this district up.", now - timedelta(days=3), None),
        ("The other dealer is nearer.", now - timedelta(days=1), coming),
    ]
    retailers: Any = idle.select_related("territory").order_by("pk")[:LOOKED_AT]
    for retailer in retailers:
        goal = dealers.filter(territory__parent=retailer.territory.parent_id).exclude(pk=retailer.parent_id)
        parent = goal.order_by("pk").first()
        if parent is not None and waiting:
            reason, at, on = waiting.pop(0)
            move_partner(partner=retailer, parent=parent, reason=reason, effective_on=on, actor=actor, at=at)
