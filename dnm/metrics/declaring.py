"""What a metric is. Apps declare theirs when they start; the app that knows partners brings the table."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from dnm.events.kinds import DomainEvent

if TYPE_CHECKING:
    from dnm.metrics.models import Figure

Cells = Callable[[date, date, ZoneInfo], Any]
DaysOf = Callable[[Collection[int], ZoneInfo], set[date]]
Span = Callable[[ZoneInfo], tuple[date, date] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A figure with numerator and denominator, by day of its cohort and by place.

    `version` grows when the definition changes: everything is filled anew then, and figures of two versions
    are never added up. `numerator` and `denominator` say in words what is counted. Below `minimum_n` in the
    denominator no rate is shown. `capability` decides whose rows an actor's figure adds up.

    `cells(first, last, zone)` is a queryset of values `day, partner_id, territory_id, product_line_id,
    numerator, denominator` for the cohorts of these days (both included, in the network's time zone).
    `reopened_by` are the events after which a cohort must be counted again; `days_of` finds the cohorts of
    their subjects. `span` is the first and last day for which there is anything to count. `shortfall` tells
    how much of a count or an amount is missing ("%(count)s won leads"); without it the title stands in.
    """

    name: str
    version: int
    title: Any
    numerator: Any
    denominator: Any
    unit: Literal["share", "count", "amount", "hours"]
    direction: Literal["up", "down"]
    minimum_n: int
    capability: str
    reopened_by: tuple[type[DomainEvent], ...]
    cells: Cells
    days_of: DaysOf
    span: Span
    shortfall: Any = None


_METRICS: dict[str, Metric] = {}
_tables: list[type["Figure"]] = []


def register_metric(metric: Metric) -> Metric:
    """Declare a metric, once, in the app's `ready()`."""
    if _METRICS.get(metric.name, metric) != metric:
        raise ValueError(f"{metric.name} is declared twice, differently")
    _METRICS[metric.name] = metric
    return metric


def all_metrics() -> list[Metric]:
    """Every declared metric, by name."""
    return [metric for _name, metric in sorted(_METRICS.items())]


def metric_named(name: str) -> Metric | None:
    """The declared metric; None for one that the code no longer knows."""
    return _METRICS.get(name)


def register_table(model: type["Figure"]) -> None:
    """Declare the table of figures. Called once, by the app that knows what hangs on partners."""
    _tables[:] = [model]


def table() -> type["Figure"]:
    """The table of figures."""
    return _tables[0]
