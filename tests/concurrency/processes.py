"""Doing something at the same moment in many processes, each with a connection of its own.

The processes are forked from one that has loaded the portal and never spoke to the database, so that sixteen
of them start in a fraction of a second.
"""

import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any

PATIENCE = 60
"""Seconds that a race may take on a busy machine."""
_FORKING = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Call:
    """What one process does: a function of a module that it can import, and its arguments."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Outcome:
    """`value` of a call that came through, or the `refusal`: the code of a domain error. Or it crashed."""

    value: Any = None
    refusal: str = ""
    crash: str = ""


def call(function: Callable[..., Any], *arguments: Any) -> Call:
    return Call(function, arguments)


def race(*calls: Call) -> list[Outcome]:
    """Run the calls at the same moment; the outcomes in their order. A crash of any fails the test."""
    start = _FORKING.Barrier(len(calls))
    runners = []
    for one in calls:
        ours, theirs = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=_run, args=(one, start, theirs), daemon=True)
        process.start()
        theirs.close()
        runners.append((process, ours))
    outcomes = [_outcome(ours) for _process, ours in runners]
    for process, ours in runners:
        process.join(PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
        ours.close()
    crashes = [outcome.crash for outcome in outcomes if outcome.crash]
    assert not crashes, "\n".join(crashes)
    return outcomes


def _outcome(ours: Connection) -> Outcome:
    if not ours.poll(PATIENCE):
        return Outcome(crash="it did not end")
    try:
        return ours.recv()  # type: ignore[no-any-return]
    except EOFError:
        return Outcome(crash="it died")


def _run(one: Call, start: Any, theirs: Connection) -> None:
    from django.db import connection, connections

    from dnm.scoping.errors import DomainError

    assert connection.connection is None, "a connection was inherited"
    connection.ensure_connection()
    start.wait(PATIENCE)
    try:
        outcome = Outcome(value=one.function(*one.arguments))
    except DomainError as refusal:
        outcome = Outcome(refusal=refusal.code)
    except Exception:
        outcome = Outcome(crash=traceback.format_exc())
    connections.close_all()
    theirs.send(outcome)
    theirs.close()


@contextmanager
def loaded(environment: dict[str, str]) -> Iterator[None]:
    """The process that the others are forked from, in this environment."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        _FORKING.set_forkserver_preload(["pytest", "tests.concurrency.loading"])
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
    yield
    forkserver._forkserver._stop()
