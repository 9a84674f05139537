"""What a person's home page is made of: tasks that wait, then a few figures. Apps register both."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Literal

from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.metrics.declaring import Metric
from dnm.metrics.reading import Reading, Wanted, read_together
from dnm.scoping.authority import may
from dnm.scoping.together import Part, first_of_each
from dnm.web.formats import moment

Tone = Literal["neutral", "info", "good", "warn", "bad"]
MOST_TASKS = 12


@dataclass(frozen=True, slots=True)
class TaskItem:
    """One thing that waits for this person. `due` sorts, and shows as a clock; `verb` is the button's word.

    `is_main` paints the button in the accent: for what earns money now.
    """

    title: str
    detail: str
    icon: str
    url: str
    verb: Any
    due: datetime | None = None
    note: str = ""
    tone: Tone = "neutral"
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure. `share` and `target` (both of one) draw the bar; `url` leads to the rows behind it."""

    label: Any
    value: str
    detail: str = ""
    share: float | None = None
    target: float | None = None
    url: str = ""


def nowhere() -> str:
    """For sources without a page of their own."""
    return ""


@dataclass(frozen=True, slots=True)
class TaskSource:
    """Rows that wait for those who have the capability anywhere.

    `rows(actor, at)` is an ordered queryset of those in the actor's sight, `reads` what `item` takes of a row
    (see `dnm.scoping.together`): all sources are read in one query. `unless` names a capability whose holders
    are not asked. `url` leads to all of them; `group` names the sidebar's group whose badge counts the same.
    """

    capability: str
    rows: Callable[[Actor, datetime], Any]
    reads: tuple[str, ...]
    item: Callable[[Any, datetime], TaskItem]
    url: Callable[[], str] = nowhere
    group: str = ""
    unless: str = ""

    def is_for(self, actor: Actor) -> bool:
        return may(actor, self.capability) and not (self.unless and may(actor, self.unless))


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits for one person, and how much of it in each group of the sidebar."""

    items: Sequence[TaskItem]
    total: int
    by_group: Mapping[str, int]


KpiSource = Callable[[Actor, datetime], Sequence[Kpi]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric on the home page over the last `days`, for those who have its capability anywhere.

    `show` makes a figure of a reading with something in it and of the words for its as-of.
    """

    metric: Metric
    days: int
    show: Callable[[Reading, str], Kpi]


_tasks: list[TaskSource] = []
_kpis: list[tuple[str, KpiSource]] = []
_figures: list[Figure] = []


def register_tasks(source: TaskSource) -> None:
    """Declare a source of tasks."""
    _tasks.append(source)


def register_figure(figure: Figure) -> None:
    """Declare a metric for the home page, three to five in all: they are read in one query."""
    _figures.append(figure)


def register_kpis(capability: str, source: KpiSource) -> None:
    """Declare a source of figures that are no metric's, of one row at most. One query."""
    _kpis.append((capability, source))


def tasks_for(actor: Actor, at: datetime) -> Waiting:
    """All that waits for the actor, what is due first on top; of what has no day each source in its turn, so
    that none drowns the others.
    """
    sources = [source for source in _tasks if source.is_for(actor)]
    parts = [Part(source.rows(actor, at), source.reads) for source in sources]
    found = list(zip(sources, first_of_each(parts, MOST_TASKS), strict=True))
    items = [[source.item(row, at) for row in first.rows] for source, first in found]
    in_turn = [item for turn in zip_longest(*items) for item in turn if item]
    by_group: Counter[str] = Counter()
    for source, first in found:
        if source.group:
            by_group[source.group] += first.total
    total = sum(first.total for _source, first in found)
    return Waiting(sorted(in_turn, key=_urgency)[:MOST_TASKS], total, by_group)


def kpis_for(actor: Actor, at: datetime) -> list[Kpi]:
    """The actor's figures; of metrics only those with something to add up."""
    today = timezone.localtime(at).date()
    figures = [figure for figure in _figures if may(actor, figure.metric.capability)]
    wanted = [Wanted(one.metric, today - timedelta(days=one.days), today) for one in figures]
    found = zip(figures, read_together(wanted, actor), strict=True)
    kpis = [figure.show(one, moment(one.as_of, at)) for figure, one in found if one.as_of and one.denominator]
    return kpis + [kpi for capability, source in _kpis if may(actor, capability) for kpi in source(actor, at)]


def _urgency(item: TaskItem) -> tuple[bool, float]:
    return item.due is None, item.due.timestamp() if item.due else 0.0
