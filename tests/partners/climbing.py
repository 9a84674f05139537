"""A ladder and figures for tests."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dnm.accounts.tenancy import network_context
from partners.domain.tiers.ladder import put_benefit, put_criterion, put_tier
from partners.domain.tiers.projecting import run_night
from partners.models import PartnerFigure, Tier, TierStanding
from tests.world import NOW, Net

KINDS = ["distributor", "dealer"]
LADDER: tuple[tuple[str, tuple[tuple[str, str, int], ...]], ...] = (
    ("Bronze", ()),
    ("Silver", (("leads.won", "gte", 3),)),
    ("Gold", (("leads.won", "gte", 5), ("leads.acceptance", "gte", 80))),
)


def set_up(net: Net, *, match: str = "all", grace_days: int = 30) -> dict[str, Tier]:
    """Bronze asks for nothing, Silver for won leads, Gold for more of them and for acceptance."""
    found = {}
    with network_context(net.network):
        for rank, (name, criteria) in enumerate(LADDER, start=1):
            values = {"rank": rank, "name": name, "kinds": KINDS, "match": match, "grace_days": grace_days}
            tier = put_tier(values=values, actor=net.system, at=NOW)
            for metric, operator, value in criteria:
                line = {"tier": tier, "metric": metric, "operator": operator, "value": Decimal(value)}
                put_criterion(values=line, actor=net.system, at=NOW)
            benefit = {"tier": tier, "entitlement": "discount", "value": Decimal(rank * 2)}
            put_benefit(values=benefit, actor=net.system, at=NOW)
            found[name] = tier
    return found


def reached(net: Net, metric: str, numerator: int, denominator: int = 1, **values: Any) -> None:
    """A cell of the rollup, of dealer_a unless said otherwise, today unless said otherwise."""
    partner = net.partners[values.pop("partner", "dealer_a")]
    with network_context(net.network):
        PartnerFigure.objects.update_or_create(
            network=net.network,
            metric=metric,
            version=1,
            day=values.pop("day", NOW.date()),
            partner=partner,
            territory_id=partner.territory_id,
            product_line=None,
            defaults={"numerator": numerator, "denominator": denominator},
        )


def night(net: Net, day: date | None = None) -> TierStanding:
    """The night before a day's morning; dealer_a's standing after it."""
    run_night(net.network.pk, NOW + ((day or NOW.date()) - NOW.date()))
    return standing(net)


def standing(net: Net, partner: str = "dealer_a") -> TierStanding:
    with network_context(net.network):
        rows = TierStanding.objects.select_related("partner", "tier", "earned", "override_tier")
        return rows.get(partner=net.partners[partner].pk)


def days_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
