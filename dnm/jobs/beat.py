"""Exactly one beat: the clock that ticks is the one that holds a lock in the database.

A second beat waits and takes over when the first is gone. The lock belongs to a session of PostgreSQL, so it
ends with the process or its machine and nobody has to tidy up.
"""

from datetime import UTC, datetime
from typing import Any

import structlog
from celery.beat import PersistentScheduler
from django.db import DatabaseError, connections

KEY = (0x646E6D, 1)
"""Advisory lock of two numbers: ours, and the clock. PostgreSQL keeps it apart for each database."""
BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
ASK_AGAIN = 2.0
"""Seconds between two tries to become the one that ticks."""
DEAD_MACHINE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
"""A machine that vanished says no good-bye; without this PostgreSQL would believe in it for two hours."""
IS_MINE = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = %s AND objid = %s AND objsubid = 2)
"""

log = structlog.get_logger(__name__)


class OnlyOne:
    """The lock, on a connection of its own that nothing else uses."""

    def __init__(self) -> None:
        self._connection: Any = None

    def hold(self) -> bool:
        """Get the lock, or keep it; False while somebody else has it or the database does not answer."""
        try:
            return self._still_mine() if self._connection is not None else self._try()
        except DatabaseError as error:
            log.warning("beat cannot ask for its lock", error=str(error))
            self.release()
            return False

    def release(self) -> None:
        """End the session, and the lock with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _try(self) -> bool:
        self._connection = connection = connections.create_connection("default")
        options = connection.settings_dict["OPTIONS"]
        patient = {**options, "options": f"{options['options']} {DEAD_MACHINE}"}
        connection.settings_dict = {**connection.settings_dict, "OPTIONS": patient}
        if self._ask("SELECT pg_try_advisory_lock(%s, %s)"):
            return True
        self.release()
        return False

    def _still_mine(self) -> bool:
        """Asked before each tick: a database that was restarted has forgotten the lock."""
        if self._ask(IS_MINE):
            return True
        self.release()
        return False

    def _ask(self, question: str) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute(question, KEY)
            return bool(cursor.fetchone()[0])


class SoleScheduler(PersistentScheduler):
    """Celery's scheduler, which sends nothing without the lock. Every `celery beat` of the portal has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock = OnlyOne()
        self._had_it: bool | None = None
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Begin with everything due: nobody knows what was missed while no beat ticked."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = BEFORE

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due if this is the beat that ticks; seconds until the next call."""
        has_it = self._lock.hold()
        if has_it != self._had_it:
            log.info("this beat ticks" if has_it else "another beat ticks; this one waits to take over")
            self._had_it = has_it
        if not has_it:
            return ASK_AGAIN
        return float(min(super().tick(*args, **kwargs) or 0.0, ASK_AGAIN))

    def close(self) -> None:
        """Note what was sent, then let the next one in."""
        super().close()
        self._lock.release()
