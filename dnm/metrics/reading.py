"""Reading figures: sums within an actor's scope, with their as-of. Pages never count rows themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import IntegerField, Max, QuerySet, Subquery, Sum, Value

from dnm.accounts.actors import Actor
from dnm.metrics.declaring import Metric, table
from dnm.metrics.models import FillState

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric over some days, added up over what the actor may see."""

    metric: Metric
    numerator: Decimal
    denominator: Decimal
    as_of: datetime | None

    @property
    def is_enough(self) -> bool:
        """Whether the denominator carries a rate."""
        return self.denominator >= max(self.metric.minimum_n, 1)

    @property
    def rate(self) -> Decimal | None:
        """Numerator by denominator; None below the minimum."""
        return self.numerator / self.denominator if self.is_enough else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric over the cohorts of `first` to `last`, both included."""

    metric: Metric
    first: date
    last: date


def read(metric: Metric, actor: Actor, *, first: date, last: date) -> Reading:
    """The metric over the cohorts of `first` to `last`, both included; one query.

    `as_of` is None when there is nothing to add up.
    """
    return read_together([Wanted(metric, first, last)], actor)[0]


def read_together(wanted: Sequence[Wanted], actor: Actor) -> list[Reading]:
    """A reading of each, in their order; one query, however many and whatever the scope of each."""
    if not wanted:
        return []
    sums = [_sums(one, number, actor) for number, one in enumerate(wanted)]
    found = {row[0]: row[1:] for row in sums[0].union(*sums[1:], all=True)}
    nothing = (None, None, None)
    return [_reading(one.metric, *found.get(number, nothing)) for number, one in enumerate(wanted)]


def _sums(wanted: Wanted, number: int, actor: Actor) -> QuerySet[Any, Any]:
    metric = wanted.metric
    rows = table().objects.visible_to(actor, metric.capability)
    rows = rows.filter(metric=metric.name, version=metric.version, day__range=(wanted.first, wanted.last))
    filled = FillState.objects.filter(metric=metric.name).values("filled_at")
    sums: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(number=Value(number, IntegerField()))
        .values("number")
        .annotate(added=Sum("numerator"), by=Sum("denominator"), as_of=Max(Subquery(filled)))
        .values_list("number", "added", "by", "as_of")
    )
    return sums


def _reading(
    metric: Metric, numerator: Decimal | None, denominator: Decimal | None, as_of: datetime | None
) -> Reading:
    return Reading(metric, numerator or NOTHING, denominator or NOTHING, as_of)
