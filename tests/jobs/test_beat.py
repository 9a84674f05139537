"""Two beats at once: one ticks, the other waits and takes over."""

import time
from typing import Any

from django.conf import settings
from django.db import connection

from dnm.jobs.beat import KEY, OnlyOne
from tests.background import Background, wait_for

TICKS = "this beat ticks"
WAITS = "another beat ticks"
SENT = "Sending due task"
HOLDERS = """
SELECT l.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 6581869 AND l.objid = 1
"""


def holders() -> list[tuple[int, str]]:
    """The sessions that hold the clock's lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            HOLDERS + " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return list(cursor.fetchall())


def said(background: Background, number: int) -> str:
    return (background.logs / f"beat-{number}.log").read_text()


def test_a_second_beat_waits_and_takes_over_when_the_first_is_killed(background: Background) -> None:
    first = background.beat()
    assert wait_for(lambda: SENT in said(background, 0), 20), background.said()
    background.beat()
    assert wait_for(lambda: WAITS in said(background, 1), 20), background.said()
    before = said(background, 0).count(SENT)
    time.sleep(6)
    assert said(background, 0).count(SENT) > before
    assert SENT not in said(background, 1)
    assert [name for _pid, name in holders()] == ["dnm-beat"]

    background.kill(first)
    background.broker.flushdb()
    began = time.monotonic()
    assert wait_for(lambda: SENT in said(background, 1), 20), background.said()
    assert time.monotonic() - began < 10
    assert [name for _pid, name in holders()] == ["dnm-beat"]
    assert TICKS in said(background, 1)
    background.worker()
    assert wait_for(lambda: bool(background.broker.keys("*beat-seen*")), 20), "no sign of life for /readyz"


def test_a_beat_begins_with_everything_due(background: Background) -> None:
    """Hourly work was perhaps missed for an hour, and /readyz waits for the sign of life."""
    background.beat()
    entries = list(settings.CELERY_BEAT_SCHEDULE)
    wait_for(lambda: SENT in said(background, 0), 20)
    assert wait_for(lambda: all(f"due task {name} " in said(background, 0) for name in entries), 4)


def test_a_beat_that_lost_its_session_sends_nothing_until_it_has_the_lock_again(
    background: Background,
) -> None:
    background.beat()
    assert wait_for(lambda: SENT in said(background, 0), 20), background.said()
    ((pid, _name),) = holders()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert wait_for(lambda: [one for one, _ in holders()] not in ([], [pid]), 15), background.said()
    before = said(background, 0).count(SENT)
    assert wait_for(lambda: said(background, 0).count(SENT) > before, 15), background.said()


def test_a_beat_that_is_told_to_stop_hands_over_at_once(background: Background) -> None:
    first = background.beat()
    assert wait_for(lambda: SENT in said(background, 0), 20), background.said()
    background.beat()
    assert wait_for(lambda: WAITS in said(background, 1), 20), background.said()
    first.terminate()
    assert first.wait(timeout=15) == 0
    assert wait_for(lambda: TICKS in said(background, 1), 10), background.said()


def test_a_lock_that_somebody_else_takes_is_not_believed(transactional_db: Any) -> None:
    """Asked again before each tick: what was ours once may be somebody else's now."""
    lock = OnlyOne()
    assert lock.hold()
    assert lock.hold()
    with lock._connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", KEY)
    assert not lock.hold()
    other = OnlyOne()
    assert other.hold()
    assert not lock.hold()
    other.release()
    assert lock.hold()
    lock.release()
    assert holders() == []
