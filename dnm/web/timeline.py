"""The one timeline of a record: its events as a person reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest

from dnm.events.models import Event
from dnm.events.queries import timeline

Describe = Callable[[Event], str]
CURSOR = "timeline"
"""The parameter of a page's address that says how far back its timeline is turned."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what happened, in more words, by whom, when."""

    title: Any
    detail: str
    who: str
    at: datetime
    is_system: bool


class Lines(list[Line]):
    """A page of a timeline; `newer` and `older` are the addresses of the pages beside it, or empty."""

    newer = ""
    older = ""


_describers: dict[str, Describe] = {}


def describes(kind: str, describe: Describe) -> None:
    """Declare the sentence that an event of this kind adds below its title."""
    _describers[kind] = describe


def lines_about(record: models.Model, *, everything: bool, request: HttpRequest) -> Lines:
    """The page of the record's timeline that the request asks for, newest first. `everything` is for network
    staff (see `dnm.events.queries`).
    """
    found = timeline(record, everything=everything, cursor=request.GET.get(CURSOR))
    lines = Lines(
        Line(
            title=event.title,
            detail=_detail(event),
            who=event.actor_name,
            at=event.occurred_at,
            is_system=event.via == "system",
        )
        for event in found.rows
    )
    lines.newer, lines.older = _address(found.previous_cursor), _address(found.next_cursor)
    return lines


def _address(cursor: str | None) -> str:
    return f"?{urlencode({CURSOR: cursor})}#timeline" if cursor else ""


def _detail(event: Event) -> str:
    describe = _describers.get(event.kind)
    return describe(event) if describe else str(event.payload.get("reason", ""))
