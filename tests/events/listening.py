"""An event of the tests and its receivers: one that writes, one that fails while something is broken, one
that waits. Workers load this module with --include.

Effects are rows, each with a name of its own, so that one that came twice is counted twice.
"""

import time
from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent
from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.jobs.background import network_task
from partners.models import BusinessCalendar, Partner

BROKEN, OPEN = "broken", "open"
"""Names of rows: while `broken` is there one receiver fails; until `open` is there another one waits."""


@dataclass(frozen=True, kw_only=True)
class GongStruck(DomainEvent):
    """Something happened."""

    kind: ClassVar[str] = "tests.gong_struck"
    title: ClassVar = _("Gong")


@dataclass(frozen=True, kw_only=True)
class GateReached(DomainEvent):
    """Something happened that takes long to follow up."""

    kind: ClassVar[str] = "tests.gate_reached"
    title: ClassVar = _("Gate")


def put(name: str) -> None:
    BusinessCalendar.objects.create(name=name, time_zone="UTC")


def effects(kind: str) -> int:
    """How often it took effect."""
    return int(BusinessCalendar.objects.filter(name__startswith=f"effect {kind} ").count())


@receives(GongStruck, name="tests.write")
def write(event: Event) -> None:
    put(f"effect write {event.pk} {uuid4()}")


@receives(GongStruck, name="tests.fail")
def fail(event: Event) -> None:
    """Writes first and fails then: nothing of it may stay."""
    put(f"effect fail {event.pk} {uuid4()}")
    if BusinessCalendar.objects.filter(name=BROKEN).exists():
        raise ZeroDivisionError("something is broken")


@receives(GateReached, name="tests.wait")
def wait(event: Event) -> None:
    """Writes, then waits for the gate, up to half a minute."""
    put(f"effect wait {event.pk} {uuid4()}")
    for _attempt in range(600):
        if is_open():
            return
        time.sleep(0.05)


def is_open() -> bool:
    return bool(BusinessCalendar.objects.filter(name=OPEN).exists())


@network_task(name="tests.events.look")
def look(*, turn: int) -> None:
    """Note whose rows are in sight, in Python and in PostgreSQL."""
    python = sorted(set(Partner.objects.values_list("network_id", flat=True)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(DISTINCT network_id) FROM partners_partner")
        (database,) = cursor.fetchone()
    put(f"effect look {turn} {python} {database}")
