"""Workers and beat as processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.background import Background, broker_url, hints_to


@pytest.fixture
def background(committed_world: object, tmp_path: Path) -> Iterator[Background]:
    """Processes; ended before the tables are emptied. Hints of this process go where they listen."""
    made = Background(tmp_path)
    with hints_to(broker_url()):
        yield made
        made.stop()
