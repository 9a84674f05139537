"""Is the process alive, and is the portal ready: database, broker, migrations, outbox, beat."""

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from functools import cache

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.accounts.tenancy.roles import UnsafeRole
from dnm.events.models import Delivery, DeliveryState
from dnm.jobs.tasks import beat_age

LONGEST_LAG = 60.0
OLDEST_BEAT = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold. `detail` says what was found."""

    name: str
    ok: bool
    detail: str


def checks() -> list[Check]:
    """All checks, each on its own: one that fails does not hide the others."""
    return [_run(name, look) for name, look in _CHECKS.items()]


def _run(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        ok, detail = look()
    except (DatabaseError, redis.RedisError, OSError) as error:
        return Check(name, False, type(error).__name__)
    except UnsafeRole as error:
        return Check(name, False, str(error))
    return Check(name, ok, detail)


def _database() -> tuple[bool, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    return True, f"answers as {role}"


def _broker() -> tuple[bool, str]:
    with redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
        return bool(client.ping()), "answers"


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(key for key, one in loader.disk_migrations.items() if not one.replaces)


def _migrations() -> tuple[bool, str]:
    pending = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    return not pending, f"{len(pending)} pending"


def _outbox() -> tuple[bool, str]:
    """Age of the oldest delivery that is due and not done, and the number that failed, over all networks."""
    oldest, dead = 0.0, 0
    for network in Network.objects.filter(is_active=True):
        with network_context(network):
            due = Delivery.objects.filter(state=DeliveryState.PENDING, due_at__lte=timezone.now())
            first = due.aggregate(first=Min("due_at"))["first"]
            dead += Delivery.objects.filter(state=DeliveryState.DEAD).count()
        if first is not None:
            oldest = max(oldest, (timezone.now() - first).total_seconds())
    return oldest <= LONGEST_LAG, f"{oldest:.0f} s behind, {dead} failed for good"


def _beat() -> tuple[bool, str]:
    """The heartbeat is kept outside every network, so it is read outside this request's."""
    age = Context().run(beat_age)
    if age is None:
        return False, "never seen"
    return age <= OLDEST_BEAT, f"seen {age:.0f} s ago"


_CHECKS: dict[str, Callable[[], tuple[bool, str]]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
    "outbox": _outbox,
    "beat": _beat,
}
