"""Reading figures: sums within an actor's scope, with their as-of. Pages never count rows themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Subquery, Sum

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


def read(metric: Metric, actor: Actor, *, first: date, last: date) -> Reading:
    """The metric over the cohorts of `first` to `last`, both included; one query.

    `as_of` is None when there is nothing to add up.
    """
    rows = table().objects.visible_to(actor, metric.capability)
    rows = rows.filter(metric=metric.name, version=metric.version, day__range=(first, last))
    filled = FillState.objects.filter(metric=metric.name).values("filled_at")
    sums = rows.aggregate(
        numerator=Sum("numerator"), denominator=Sum("denominator"), as_of=Max(Subquery(filled))
    )
    return Reading(
        metric=metric,
        numerator=sums["numerator"] or NOTHING,
        denominator=sums["denominator"] or NOTHING,
        as_of=sums["as_of"],
    )
