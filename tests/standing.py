"""The world that stands: committed once in a process, and built upon by each test that is undone.

Building it takes some 750 statements, more than most tests take themselves. Whether it stands is settled
before a test's transaction opens; a test that wants another database than the world's finds an empty one.
"""

import pickle
import time

from django.core.cache import cache
from django.db import OperationalError, connections

from tests.world import Net, build_world

ATTEMPTS = 5
KEPT = ("django_migrations", "django_content_type", "auth_permission")


class Standing:
    """What is committed in this process's test database: the world, or nothing."""

    def __init__(self) -> None:
        self._rows: bytes | None = None

    def raise_world(self) -> None:
        """Commit the world, unless it stands."""
        if self._rows is None:
            self._rows = pickle.dumps(build_world())

    def clear(self) -> None:
        """Empty the database, if the world stands in it."""
        if self._rows is not None:
            truncate()

    def forget(self) -> None:
        """The tables were emptied."""
        self._rows = None

    def world(self) -> tuple[Net, Net]:
        """Both networks: rows of a test's own on the world that stands, else made within its transaction.

        Ids are those of the tests before, so nothing that was cached by them may remain.
        """
        cache.clear()
        if self._rows is None:
            return build_world()
        rows: tuple[Net, Net] = pickle.loads(self._rows)  # noqa: S301 — written above
        return rows


standing = Standing()


def truncate() -> None:
    """Empty every table but the catalogue's.

    Servers that a test has left may be in the middle of a request: whoever then loses tries again.
    """
    connection = connections["owner"]
    for attempt in range(ATTEMPTS):
        try:
            with connection.cursor() as cursor:
                names = [name for name in connection.introspection.table_names(cursor) if name not in KEPT]
                quoted = ", ".join(connection.ops.quote_name(name) for name in names)
                cursor.execute(f"TRUNCATE {quoted} CASCADE")
            break
        except OperationalError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(0.5)
    standing.forget()
