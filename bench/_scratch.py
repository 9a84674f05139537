"""A scratch database for a bench, and the way it times things."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dnm.settings")
os.environ.setdefault("DNM_ENV", "test")

import django


@contextmanager
def scratch_database() -> Iterator[None]:
    """Django set up on a fresh database, made by the owner and used as the application role; dropped
    afterwards.
    """
    django.setup()
    from django.db import connections
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False, aliases=["default", "owner"])
    try:
        yield
    finally:
        connections["default"].close()
        teardown_databases(made, verbosity=0)


def say(*words: object) -> None:
    print(*words, flush=True)


def result(**values: float) -> None:
    """The bench's last line."""
    say(json.dumps({name: round(value, 3) for name, value in values.items()}))


class SqlClock:
    """Seconds spent in statements of the default connection."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.statements += 1


def sql_seconds(work: Callable[[], object]) -> float:
    """Time that PostgreSQL and the wire take for `work`."""
    from django.db import connection

    clock = SqlClock()
    with connection.execute_wrapper(clock):
        work()
    return clock.seconds


def medians(kinds: dict[str, Callable[[], float]], *, rounds: int) -> dict[str, float]:
    """Median seconds of each kind. The kinds take turns, so that a busy moment hits all alike."""
    for measure in kinds.values():
        measure()
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, measure in kinds.items():
            found[name].append(measure())
    return {name: statistics.median(values) for name, values in found.items()}


def wall_seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
