"""What partners have reached, from the one rollup, and which tier that earns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from dnm.metrics.declaring import Metric, metric_named, table
from partners.models import Tier, TierCriterion
from partners.states.tiers import Match

Measure = tuple[str, int]
"""A metric and over how many days."""
Values = Mapping[Measure, Decimal | None]
TOTALS = frozenset({"count", "amount"})
"""Units of which the sum counts; of the others the rate does."""
TWO = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion held against what was reached; None is too little for a rate, or a metric that is gone."""

    criterion: TierCriterion
    actual: Decimal | None
    is_met: bool

    def stored(self) -> dict[str, Any]:
        """As the projection keeps it."""
        return {
            "metric": self.criterion.metric,
            "operator": self.criterion.operator,
            "value": str(self.criterion.value),
            "days": self.criterion.window_days,
            "actual": None if self.actual is None else str(self.actual),
            "is_met": self.is_met,
        }


def values_of(tiers: Collection[Tier], partner_ids: Collection[int], today: date) -> dict[int, Values]:
    """What each partner itself has reached, for every measure of these tiers; a query for each measure."""
    measures = {(one.metric, one.window_days) for tier in tiers for one in tier.criteria.all()}  # type: ignore[attr-defined]
    found: dict[int, dict[Measure, Decimal | None]] = {pk: {} for pk in partner_ids}
    for name, days in sorted(measures):
        metric = metric_named(name)
        sums = _sums(metric, days, partner_ids, today) if metric else {}
        for pk in partner_ids:
            found[pk][name, days] = (
                _value(metric, *sums.get(pk, (Decimal(0), Decimal(0)))) if metric else None
            )
    return dict(found)


def lines_of(tier: Tier, values: Values) -> list[Line]:
    """The tier's criteria, each held against what was reached."""
    criteria: Sequence[TierCriterion] = sorted(tier.criteria.all(), key=lambda one: one.pk)  # type: ignore[attr-defined]
    found = []
    for one in criteria:
        actual = values.get((one.metric, one.window_days))
        is_met = actual is not None and (actual >= one.value if one.is_at_least else actual <= one.value)
        found.append(Line(one, actual, is_met))
    return found


def is_earned(tier: Tier, values: Values) -> bool:
    """Whether these figures earn the tier; one without criteria is everybody's."""
    met = [line.is_met for line in lines_of(tier, values)]
    return not met or (any(met) if tier.match == Match.ANY else all(met))


def highest_earned(tiers: Sequence[Tier], values: Values) -> Tier | None:
    """The highest of these tiers (the lowest first) that the figures earn."""
    return next((tier for tier in reversed(tiers) if is_earned(tier, values)), None)


def _sums(
    metric: Metric, days: int, partner_ids: Collection[int], today: date
) -> dict[int, tuple[Decimal, Decimal]]:
    figures: Any = table().objects
    rows = figures.filter(
        metric=metric.name,
        version=metric.version,
        partner_id__in=partner_ids,
        day__gt=today - timedelta(days=days),
        day__lte=today,
    )
    sums = rows.order_by().values_list("partner_id").annotate(Sum("numerator"), Sum("denominator"))
    return {pk: (numerator, denominator) for pk, numerator, denominator in sums}


def _value(metric: Metric, numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """The sum of a total, the rate of the rest; a share in percent."""
    if metric.unit in TOTALS:
        return numerator.quantize(TWO)
    if denominator < max(metric.minimum_n, 1):
        return None
    rate = numerator / denominator
    return (rate * 100 if metric.unit == "share" else rate).quantize(TWO)
