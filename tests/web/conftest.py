"""Pages are tried at the world's own moment: its calendars are open and its offers' clocks run."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.world import NOW


@pytest.fixture(autouse=True)
def at_the_worlds_moment() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield
