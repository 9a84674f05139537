"""The audit as a file. That it was taken stands in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.actors import Actor
from dnm.events.kinds import DomainEvent
from dnm.events.publishing import publish
from dnm.scoping.errors import Invalid, NotAllowed
from partners.domain.audit.reading import MOST, Asked, audit_page
from partners.domain.audit.wording import Entry

MOST_ROWS = 10_000


@dataclass(frozen=True, kw_only=True)
class AuditExported(DomainEvent):
    """Somebody took the audit, or a part of it, as a file."""

    kind: ClassVar[str] = "partners.audit_exported"
    title: ClassVar = gettext_lazy("Audit taken as a file")
    internal: ClassVar[bool] = True
    format: str
    rows: int
    filters: list[str]


@transaction.atomic
def take_audit_file(
    *, format: str, asked: Asked, actor: Actor, at: datetime
) -> tuple[list[str], Sequence[Sequence[Any]]]:
    """Header and rows of the file, one line for each changed field. Raises `NotAllowed`, and `Invalid` for
    more entries than a file takes: the first few of them would be a lie.
    """
    if actor.membership is None:
        raise NotAllowed
    entries: list[Entry] = []
    cursor: str | None = None
    while True:
        found = audit_page(actor=actor, asked=asked, cursor=cursor, limit=MOST)
        entries += found.entries
        cursor = found.older
        if cursor is None:
            break
        if len(entries) >= MOST_ROWS:
            raise Invalid(_("A file holds at most 10,000 entries. Narrow the filters."))
    filters = [name for name in Asked.__dataclass_fields__ if getattr(asked, name)]
    event = AuditExported(format=format, rows=len(entries), filters=filters)
    publish(event, subject=actor.membership, actor=actor, at=at)
    return _header(), [line for entry in entries for line in _lines(entry)]


def _header() -> list[str]:
    return [
        _("When"), _("Who"), _("In whose name"), _("Through"), _("What"), _("Kind of record"), _("Record"),
        _("Field"), _("Before"), _("After"), _("Reason"), _("Request"),
    ]  # fmt: skip


def _lines(entry: Entry) -> list[list[Any]]:
    head = [entry.at, entry.who, entry.behalf, entry.via, entry.title, entry.record_kind, entry.record]
    tail = [entry.detail, entry.request]
    if not entry.changes:
        return [[*head, "", "", "", *tail]]
    return [[*head, one.label, one.before, one.after, *tail] for one in entry.changes]
