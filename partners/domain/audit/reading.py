"""Pages of the audit: the newest first, over all sources, by time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership, Network
from dnm.accounts.tenancy import current_network_id
from dnm.events.kinds import all_kinds
from dnm.scoping.authority import authorise, may_everywhere
from dnm.scoping.errors import Invalid
from dnm.scoping.permissions import OversightCapability
from partners.domain.audit.sources import Source, sources
from partners.domain.audit.wording import Entry, told
from partners.domain.people import members_visible_to

MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the audit is asked for. `kind` is an event's kind or a tracked model's label; days are the
    network's, both inclusive.
    """

    person: Membership | None = None
    record: Model | None = None
    kind: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first, and the cursor of the older ones, None at the end."""

    entries: list[Entry]
    older: str | None


def audit_page(*, actor: Actor, asked: Asked, cursor: str | None = None, limit: int = 50) -> AuditPage:
    """One page of what the actor may audit. Raises `NotAllowed`, and `Invalid` for a made-up cursor.

    Over the whole network: everybody's actions. Otherwise those of the members whose partner the actor may
    look into, without what is told to the network's staff only.
    """
    authorise(actor, OversightCapability.AUDIT)
    limit = max(1, min(limit, MOST))
    after = _decode(cursor)
    members = None
    if not may_everywhere(actor, OversightCapability.AUDIT):
        members = list(members_visible_to(actor).values_list("pk", flat=True))
    found: list[tuple[datetime, int, int, Source, Any]] = []
    for rank, source in enumerate(sources()):
        rows = _narrowed(source, asked, members)
        if rows is None:
            continue
        if after is not None:
            rows = rows.filter(_older(source, rank, after))
        for row in rows.order_by(f"-{source.at}", f"-{source.pk}")[: limit + 1]:
            found.append((getattr(row, source.at), -rank, getattr(row, source.pk), source, row))
    found.sort(key=lambda one: one[:3], reverse=True)
    shown = found[:limit]
    older = _encode(shown[-1]) if len(found) > limit else None
    return AuditPage(told([(source, row) for *_key, source, row in shown], actor), older)


def _narrowed(source: Source, asked: Asked, members: list[int] | None) -> Any:
    """The source's rows that are asked for; None when it has none."""
    rows = _of_kind(source, asked.kind)
    if rows is None:
        return None
    if members is not None:
        rows = rows.filter(source.by_people(members))
    if members is not None and source.tracked is None:
        rows = rows.exclude(kind__in=[kind for kind, known in all_kinds().items() if known.internal])
    if asked.person is not None:
        rows = rows.filter(source.by_people([asked.person.pk]))
    about = source.about(asked.record) if asked.record is not None else Q()
    return None if about is None else rows.filter(about, **dict(_days(source, asked)))


def _of_kind(source: Source, kind: str) -> Any:
    """The source's rows of one kind: an event's, or the tracked model's own; all of them without one."""
    if not kind:
        return source.rows()
    if source.tracked is not None:
        return source.rows() if kind == source.key else None
    return source.rows().filter(kind=kind) if kind in all_kinds() else None


def _days(source: Source, asked: Asked) -> Iterator[tuple[str, datetime]]:
    if not (asked.first or asked.last):
        return
    network = Network.objects.get(pk=current_network_id() or 0)
    zone: ZoneInfo = network.zone
    if asked.first:
        yield f"{source.at}__gte", datetime.combine(asked.first, time(), zone)
    if asked.last:
        yield f"{source.at}__lt", datetime.combine(asked.last + timedelta(days=1), time(), zone)


# -- the cursor -------------------------------------------------------------------------------------------

Key = tuple[datetime, int, int]


def _older(source: Source, rank: int, after: Key) -> Q:
    """Strictly after `after` in the order (time, source, key), newest first."""
    at, after_rank, pk = after
    terms = Q(**{f"{source.at}__lt": at})
    if rank > after_rank:
        terms |= Q(**{source.at: at})
    elif rank == after_rank:
        terms |= Q(**{source.at: at, f"{source.pk}__lt": pk})
    return terms


def _encode(found: tuple[Any, ...]) -> str:
    at, rank, pk = found[:3]
    return Signer(salt="partners.audit").sign(json.dumps([at.isoformat(), -rank, pk], separators=(",", ":")))


def _decode(cursor: str | None) -> Key | None:
    if not cursor:
        return None
    try:
        at, rank, pk = json.loads(Signer(salt="partners.audit").unsign(cursor))
        moment = parse_datetime(at)
        if moment is None:
            raise ValueError(at)
    except (BadSignature, ValueError, TypeError) as error:
        raise Invalid(_("This is no place in the list."), code="bad-cursor") from error
    return moment, rank, pk
