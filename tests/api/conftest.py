"""Callers of the API."""

from collections.abc import Callable

import pytest
from django.core.cache import cache

from tests.api.calling import Caller
from tests.world import Net


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    """Rates are counted in the real cache, by ids that a rolled back test hands to the next."""
    cache.clear()


@pytest.fixture
def caller(voltara: Net) -> Callable[[str], Caller]:
    """A member of Voltara, by short name."""
    return lambda name: Caller(voltara, name)
