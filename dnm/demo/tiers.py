"""The ladder of the demo, and where its partners stand after two quarters on it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.demo.onboarding import settle_old_deliveries
from dnm.demo.plan import NetworkPlan
from partners.domain.tiers.ladder import put_benefit, put_criterion, put_tier
from partners.domain.tiers.projecting import run_night
from partners.domain.tiers.reviewing import next_review, override_tier
from partners.models import PartnerKind, Tier, TierStanding

KINDS = [str(kind) for kind in PartnerKind if kind != PartnerKind.BRAND_OWNER]
LADDER: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "Bronze": ({}, {"discount": "2", "credit_days": "15"}),
    "Silver": (
        {"leads.won": "3", "leads.acceptance": "60"},
        {"discount": "4", "credit_days": "30", "protection_days": "60"},
    ),
    "Gold": (
        {"leads.won": "8", "leads.acceptance": "75"},
        {"discount": "6", "credit_days": "45", "protection_days": "90", "mdf": "1"},
    ),
    "Platinum": (
        {"leads.won": "20", "leads.acceptance": "85"},
        {"discount": "8", "credit_days": "60", "protection_days": "120", "mdf": "2", "lead_share": "40"},
    ),
}


def write_tiers(plan: NetworkPlan) -> int:
    """The ladder, the nights around the last two reviews and last night; needs the figures to be rolled up.
    Returns how many partners stand on it.
    """
    network = Network.objects.get(slug=plan.brand.slug)
    now = datetime.fromtimestamp(plan.now, UTC)
    with network_context(network):
        if Tier.objects.exists():
            return 0
        actor = Actor.system("demo", network.pk)
        begun = now - timedelta(days=200)
        tiers = _ladder(actor, begun)
    for at in _nights(network, tiers[0], now):
        run_night(network.pk, at)
    with network_context(network):
        _override(tiers[-2], actor, now)
        settle_old_deliveries(now)
        return int(TierStanding.objects.count())


def _ladder(actor: Actor, at: datetime) -> list[Tier]:
    tiers = []
    for rank, (name, (criteria, benefits)) in enumerate(LADDER.items(), start=1):
        tier = put_tier(values={"rank": rank, "name": name, "kinds": KINDS}, actor=actor, at=at)
        for metric, value in criteria.items():
            line = {"tier": tier, "metric": metric, "operator": "gte", "value": Decimal(value)}
            put_criterion(values=line, actor=actor, at=at)
        for entitlement, value in benefits.items():
            given = {"tier": tier, "entitlement": entitlement, "value": Decimal(value)}
            put_benefit(values=given, actor=actor, at=at)
        tiers.append(tier)
    return tiers


def _nights(network: Network, tier: Tier, now: datetime) -> list[datetime]:
    """The night on which everybody entered, the reviews since then, and the present."""
    begun = now - timedelta(days=200)
    nights, day = [begun], next_review(tier, begun.astimezone(network.zone).date())
    while (at := datetime.combine(day, time(3), network.zone)) < now:
        nights.append(at)
        day = next_review(tier, day)
    return [*nights, now]


def _override(tier: Tier, actor: Actor, now: datetime) -> None:
    """One partner holds more than it has earned, for a time."""
    rows = TierStanding.objects.filter(tier__rank__lt=tier.rank).select_related("partner").order_by("pk")
    standing = rows.first()
    if standing is not None:
        override_tier(
            standing=standing,
            tier=tier,
            until=(now + timedelta(days=120)).date(),
            reason="Opened the flagship store with us.",
            actor=actor,
            at=now - timedelta(days=1),
        )
