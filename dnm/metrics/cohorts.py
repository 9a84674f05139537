"""The cohorts of a metric: rows by the local day of one of their moments."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, Max, Min, Q, Value
from django.db.models.functions import Cast, TruncDate

from dnm.metrics.declaring import Cells

ALL = Q()
ROWS = Count("pk")
NO_LINE = Cast(Value(None), BigIntegerField())


@dataclass(frozen=True, slots=True)
class Cohort:
    """Rows with a partner and a territory; `rows` makes their queryset, `moment` names the column of the
    cohort's day. Only rows that are `counted` come into the figure. `has_line`: they know a product line.
    """

    rows: Callable[[], Any]
    moment: str
    counted: Q = ALL
    has_line: bool = False

    def cells(self, numerator: Any, denominator: Any = ROWS) -> Cells:
        """`Metric.cells` with these aggregates over the rows of a cell."""

        def of_days(first: date, last: date, zone: ZoneInfo) -> Any:
            begin = datetime.combine(first, time.min, zone)
            end = datetime.combine(last + timedelta(days=1), time.min, zone)
            within = {f"{self.moment}__gte": begin, f"{self.moment}__lt": end}
            places = ["partner_id", "territory_id", *(["product_line_id"] if self.has_line else [])]
            made: dict[str, Any] = {} if self.has_line else {"product_line_id": NO_LINE}
            found = self.rows().filter(self.counted, **within).order_by()
            cells = found.values(*places, day=TruncDate(self.moment, tzinfo=zone), **made)
            return cells.annotate(numerator=numerator, denominator=denominator)

        return of_days

    def days_of(self, ids: Collection[int], zone: ZoneInfo) -> set[date]:
        """`Metric.days_of`: the cohorts of these rows."""
        days = self.rows().filter(pk__in=ids, **{f"{self.moment}__isnull": False}).order_by()
        return set(days.values_list(TruncDate(self.moment, tzinfo=zone), flat=True).distinct())

    def span(self, zone: ZoneInfo) -> tuple[date, date] | None:
        """`Metric.span`: the first and the last cohort."""
        span = self.rows().aggregate(first=Min(self.moment), last=Max(self.moment))
        if span["first"] is None:
            return None
        return span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()
