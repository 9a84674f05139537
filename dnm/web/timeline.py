"""The one timeline of a record: its events, and those of what hangs on it, as a person reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import Truncator

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.events.queries import content_type_id, timeline

Describe = Callable[[Event], str]
CURSOR = "timeline"
"""The parameter of a page's address that says how far back its timeline is turned."""
MOST_HUNG = 200
"""Of rows of one kind that hang on a record the newest so many are told of."""
LONGEST = 60
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class Strand:
    """Rows of one kind that hang on a record: what happens to them stands in the record's timeline too.

    `rows(record, actor)` are those that the actor may see. `name` is the path of the column by which a line
    calls one of them (`unnamed` where it is empty), `url_name` the page to which the line leads, by `uid`.
    """

    rows: Callable[[Any, Actor], Any]
    name: str
    url_name: str
    unnamed: Any = ""


_strands: dict[type[models.Model], list[Strand]] = {}


def register_strand(model: type[models.Model], strand: Strand) -> None:
    """Tell in the timeline of every record of the model what happens to rows that hang on it."""
    _strands.setdefault(model, []).append(strand)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: what happened, in more words, by whom, when. `about` names what hangs on the record, with
    its address.
    """

    title: Any
    detail: str
    who: str
    at: datetime
    is_system: bool
    about: str = ""
    url: str = ""


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
    staff (see `dnm.events.queries`). One query, and one for whatever hangs on it.
    """
    hung = _hung_on(record, request)
    keys: dict[int, list[int]] = {}
    for kind, key in hung:
        keys.setdefault(kind, []).append(key)
    found = timeline(record, everything=everything, cursor=request.GET.get(CURSOR), also=keys)
    lines = Lines(_line(event, hung) for event in found.rows)
    lines.newer, lines.older = _address(found.previous_cursor), _address(found.next_cursor)
    return lines


Hung = Mapping[tuple[int, int], tuple[str, str]]
"""(content type, key) → what a line calls the row, and where it leads."""


def _hung_on(record: models.Model, request: HttpRequest) -> Hung:
    """The rows of all strands, in one query."""
    actor: Actor | None = getattr(request, "actor", None)
    parts: dict[int, tuple[Strand, Any]] = {}
    found: dict[tuple[int, int], tuple[str, str]] = {}
    if actor is None:
        return found
    for strand in _strands.get(type(record), []):
        rows = strand.rows(record, actor)
        kind = content_type_id(rows.model)
        rows = rows.order_by("-pk").annotate(_kind=Value(kind), _name=Cast(strand.name, models.TextField()))
        parts[kind] = (strand, rows.values_list("_kind", "pk", "uid", "_name")[:MOST_HUNG])
    every = [rows for _strand, rows in parts.values()]
    for kind, key, uid, name in every[0].union(*every[1:], all=True) if every else ():
        strand = parts[kind][0]
        found[kind, key] = (
            Truncator(name).chars(LONGEST) or str(strand.unnamed),
            reverse(strand.url_name, args=[uid]),
        )
    return found


def _line(event: Event, hung: Hung) -> Line:
    about, url = hung.get((event.subject_type_id, event.subject_id), ("", ""))
    return Line(
        title=event.title,
        detail=_detail(event),
        who=event.actor_name,
        at=event.occurred_at,
        is_system=event.via == "system",
        about=about,
        url=url,
    )


def _address(cursor: str | None) -> str:
    return f"?{urlencode({CURSOR: cursor})}#timeline" if cursor else ""


def _detail(event: Event) -> str:
    describe = _describers.get(event.kind)
    return describe(event) if describe else str(event.payload.get("reason", ""))
