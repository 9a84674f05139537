"""Tabs of a record's page. An app upstairs hangs its own rows under a record from below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `template` is rendered with what `context(record, actor)` returns, when it is open."""

    key: str
    label: Any
    capability: str
    template: str
    context: Callable[[Any, Actor], Mapping[str, Any]]
    order: int = 50


_tabs: dict[type[models.Model], list[Tab]] = {}


def register_tab(model: type[models.Model], tab: Tab) -> None:
    """Hang a tab on every record of the model."""
    _tabs.setdefault(model, []).append(tab)


def tabs_for(record: models.Model, actor: Actor) -> list[Tab]:
    """The tabs that the actor may open."""
    known = sorted(_tabs.get(type(record), []), key=lambda tab: tab.order)
    return [tab for tab in known if may(actor, tab.capability)]
