"""The process that racing ones are forked from, and a world that they race in."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.background import Broker, environment, hints_to, wait_for
from tests.concurrency.processes import loaded
from tests.world import Net


@pytest.fixture(scope="session")
def racing(django_db_setup: None, broker: Broker) -> Iterator[None]:
    """Racing processes speak to the test database and to a broker of their own."""
    with loaded(environment(broker, "web")):
        yield


@pytest.fixture
def net(racing: None, broker: Broker, committed_world: tuple[Net, Net]) -> Iterator[Net]:
    """Voltara, committed; hints of this process go where those of the racing ones go.

    Whatever a test lets meet: nobody may block each other so that PostgreSQL has to end one of them.
    """
    broker.client.flushall()
    before = deadlocks()
    with hints_to(broker.url):
        yield committed_world[0]
    assert not wait_for(lambda: deadlocks() > before, 0.3), "a deadlock"


def deadlocks() -> int:
    """How many there were in this database since it was made; sessions tell when they end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
