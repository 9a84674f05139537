"""Rates: by member, by network, counted in the cache, and generous when there is none."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from dnm.api import throttles
from tests.api.calling import Caller, assert_problem
from tests.world import Net

Call = Callable[[str], Caller]


@pytest.fixture(autouse=True)
def standing_clock() -> Any:
    throttles._Resting.until = 0.0
    with time_machine.travel("2026-11-23T06:00:10Z", tick=False) as clock:
        yield clock
    throttles._Resting.until = 0.0


def rates(settings: Any, **given: str) -> None:
    known = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": known | given}


def test_a_member_has_a_rate(caller: Call, settings: Any, standing_clock: Any) -> None:
    rates(settings, member="3/min")
    for _ in range(3):
        assert caller("sales_a").get("me/").status_code == 200
    refused = caller("sales_a").get("me/")
    assert_problem(refused, 429, "throttled")
    assert refused["Retry-After"] == "50"
    assert caller("sales_b").get("me/").status_code == 200
    standing_clock.shift(50)
    assert caller("sales_a").get("me/").status_code == 200


def test_a_noisy_network_does_not_slow_another(caller: Call, nordwerk: Net, settings: Any) -> None:
    rates(settings, network="2/min")
    assert caller("sales_a").get("me/").status_code == 200
    assert caller("sales_b").get("me/").status_code == 200
    assert_problem(caller("sales_c").get("me/"), 429, "throttled")
    assert Caller(nordwerk, "sales_a").get("me/").status_code == 200


def test_without_a_cache_the_api_answers(
    caller: Call, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    rates(settings, member="1/min")
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    for _ in range(3):
        assert caller("sales_a").get("me/").status_code == 200
    assert sum("the cache does not answer" in record.getMessage() for record in caplog.records) == 1


def test_strangers_are_not_counted_as_members(caller: Call, voltara: Net, settings: Any) -> None:
    rates(settings, member="1/min", network="1/min")
    stranger = caller("sales_a")
    stranger.headers = {"host": voltara.host}
    for _ in range(3):
        assert stranger.get("me/").status_code == 401
    assert caller("sales_a").get("me/").status_code == 200
