"""The one timeline of a record: its events as a person reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from dnm.events.models import Event
from dnm.events.queries import timeline

Describe = Callable[[Event], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what happened, in more words, by whom, when."""

    title: Any
    detail: str
    who: str
    at: datetime
    is_system: bool


_describers: dict[str, Describe] = {}


def describes(kind: str, describe: Describe) -> None:
    """Declare the sentence that an event of this kind adds below its title."""
    _describers[kind] = describe


def lines_about(record: models.Model, *, everything: bool) -> list[Line]:
    """The record's timeline, newest first. `everything` is for network staff (see `dnm.events.queries`)."""
    return [
        Line(
            title=event.title,
            detail=_detail(event),
            who=event.actor_name,
            at=event.occurred_at,
            is_system=event.via == "system",
        )
        for event in timeline(record, everything=everything)
    ]


def _detail(event: Event) -> str:
    describe = _describers.get(event.kind)
    return describe(event) if describe else str(event.payload.get("reason", ""))
