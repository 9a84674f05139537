"""The process that racing ones are forked from, and a world that they race in."""

from collections.abc import Iterator

import pytest

from tests.background import Broker, environment, hints_to
from tests.concurrency.processes import loaded
from tests.world import Net


@pytest.fixture(scope="session")
def racing(django_db_setup: None, broker: Broker) -> Iterator[None]:
    """Racing processes speak to the test database and to a broker of their own."""
    with loaded(environment(broker, "web")):
        yield


@pytest.fixture
def net(racing: None, broker: Broker, committed_world: tuple[Net, Net]) -> Iterator[Net]:
    """Voltara, committed; hints of this process go where those of the racing ones go."""
    broker.client.flushall()
    with hints_to(broker.url):
        yield committed_world[0]
