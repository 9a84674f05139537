"""Tabs of a record's page, and what is open with the record. An app upstairs hangs its own rows under a
record from below: it registers, and nobody edits the page.

Numbers beside tabs and open items are counted in one query, however many there are.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import models
from django.db.models import Count, Subquery, Value
from django.db.models.functions import Coalesce

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may

Rows = Callable[[Any, Actor], Any]
"""(record, actor) → a queryset to count, made by `visible_to`."""
Tone = Literal["info", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `template` is rendered with what `context(record, actor)` returns, when it is open.

    `capability` is asked on the record; `applies`, where there is one, leaves the tab away where it makes no
    sense. `rows` is what the number beside the label counts. Order: facts 0,
    people 10, documents 30, files 80, comments 90.
    """

    key: str
    label: Any
    capability: str
    template: str
    context: Callable[[Any, Actor], Mapping[str, Any]]
    order: int = 50
    rows: Rows | None = None
    applies: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that may be open with a record: leads to answer, documents to bring, orders on the way.

    Shown while `rows` has any; `url(record)` leads to them.
    """

    key: str
    label: Any
    icon: str
    capability: str
    rows: Rows
    url: Callable[[Any], str]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """What stands on top of a record's page, whichever tab is open: a block, a deadline."""

    tone: Tone
    title: str
    text: str = ""
    url: str = ""
    verb: Any = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A tab or an open item with its number; None where nothing is counted."""

    item: Any
    count: int | None
    url: str


Notices = Callable[[Any, Actor, datetime], Iterable[Notice]]
_tabs: dict[type[models.Model], list[Tab]] = {}
_open: dict[type[models.Model], list[OpenItem]] = {}
_notices: dict[type[models.Model], list[Notices]] = {}


def register_tab(model: type[models.Model], tab: Tab) -> None:
    """Hang a tab on every record of the model."""
    _tabs.setdefault(model, []).append(tab)


def register_open_item(model: type[models.Model], item: OpenItem) -> None:
    """Count something as open with every record of the model."""
    _open.setdefault(model, []).append(item)


def register_notices(model: type[models.Model], source: Notices) -> None:
    """Put notices on top of the page of every record of the model. At most one query."""
    _notices.setdefault(model, []).append(source)


def tabs_for(record: models.Model, actor: Actor) -> list[Tab]:
    """The tabs that the actor may open."""
    known = sorted(_tabs.get(type(record), []), key=lambda tab: tab.order)
    return [
        tab
        for tab in known
        if may(actor, tab.capability, record) and (tab.applies is None or tab.applies(record))
    ]


def notices_for(record: models.Model, actor: Actor, at: datetime) -> list[Notice]:
    """What stands on top of the record's page."""
    return [notice for source in _notices.get(type(record), []) for notice in source(record, actor, at)]


def standing_of(record: models.Model, actor: Actor) -> tuple[list[Counted], list[Counted]]:
    """The record's tabs, and what is open with it, with their numbers: one query for all of them."""
    tabs = tabs_for(record, actor)
    items = [
        item
        for item in sorted(_open.get(type(record), []), key=lambda one: one.order)
        if may(actor, item.capability, record)
    ]
    every: list[Any] = [*tabs, *items]
    asked = {id(one): one.rows(record, actor) for one in every if one.rows is not None}
    counts = _counted(record, asked)
    shown = [Counted(tab, counts.get(id(tab)), f"?tab={tab.key}") for tab in tabs]
    found = [Counted(item, counts[id(item)], item.url(record)) for item in items]
    return shown, [one for one in found if one.count]


def _counted(record: models.Model, asked: Mapping[int, Any]) -> dict[int, int]:
    if not asked:
        return {}
    names = {key: f"count_{number}" for number, key in enumerate(asked)}
    numbers = {names[key]: Coalesce(Subquery(_number_of(rows)), 0) for key, rows in asked.items()}
    manager: Any = type(record)._default_manager
    row = manager.filter(pk=record.pk).annotate(**numbers).values(*names.values()).first() or {}
    return {key: int(row.get(name, 0)) for key, name in names.items()}


def _number_of(rows: Any) -> Any:
    return rows.order_by().annotate(_all=Value(1)).values("_all").annotate(_n=Count("pk")).values("_n")
