"""The working clock, and when people ask for what."""

from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dnm.demo.brands import NORDWERK, VOLTARA, Brand
from dnm.demo.seasons import HOUR, BusinessClock, demand, festival_factor, months_before


def at(brand: Brand, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(brand.time_zone)).timestamp())  # type: ignore[misc]


@pytest.fixture(scope="module")
def clock() -> BusinessClock:
    return BusinessClock(VOLTARA, date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ((2026, 3, 2, 10, 30), 2, (2026, 3, 2, 12, 30)),  # within a Monday
        ((2026, 3, 2, 18, 0), 4, (2026, 3, 3, 13, 0)),  # over the night
        ((2026, 3, 2, 22, 0), 1, (2026, 3, 3, 11, 0)),  # asked in the evening
        ((2026, 3, 2, 6, 0), 1, (2026, 3, 2, 11, 0)),  # asked before opening
        ((2026, 3, 7, 18, 0), 2, (2026, 3, 9, 11, 0)),  # Saturday to Monday
        ((2026, 1, 24, 18, 0), 2, (2026, 1, 27, 11, 0)),  # Sunday and Republic Day lie between
        ((2026, 3, 2, 10, 0), 9, (2026, 3, 2, 19, 0)),  # a whole day ends at closing time
    ],
)
def test_clock_counts_working_hours_only(
    clock: BusinessClock, start: tuple[int, ...], hours: int, end: tuple[int, ...]
) -> None:
    assert clock.add(at(VOLTARA, *start), hours * HOUR) == at(VOLTARA, *end)


def test_clock_keeps_local_hours_over_the_change_of_clocks() -> None:
    clock = BusinessClock(NORDWERK, date(2026, 3, 1), date(2026, 4, 30))
    assert clock.add(at(NORDWERK, 2026, 3, 27, 16, 0), 2 * HOUR) == at(NORDWERK, 2026, 3, 30, 9, 0)


def test_open_or_shut(clock: BusinessClock) -> None:
    assert clock.is_open(at(VOLTARA, 2026, 3, 2, 10, 0))
    assert not clock.is_open(at(VOLTARA, 2026, 3, 2, 19, 0))
    assert not clock.is_open(at(VOLTARA, 2026, 3, 8, 12, 0))
    assert not clock.is_open(0)


def test_diwali_lifts_televisions_and_not_air_conditioners() -> None:
    start = date(2025, 1, 1)
    assert festival_factor(date(2025, 10, 19)) > 2.5
    assert festival_factor(date(2025, 10, 20)) == 0.5
    assert festival_factor(date(2025, 9, 20)) == 1.0
    before, ordinary = demand(VOLTARA, date(2025, 10, 15), start), demand(VOLTARA, date(2025, 9, 17), start)
    assert before[0] > 1.8 * ordinary[0]
    assert before[2] < 1.6 * ordinary[2]


def test_air_conditioners_sell_before_the_rains() -> None:
    months = {month: demand(VOLTARA, date(2025, month, 3), date(2025, 1, 1))[2] for month in range(1, 13)}
    assert max(months, key=lambda month: months[month]) in {4, 5}
    assert months[5] > 4 * months[12]


def test_months_before() -> None:
    assert months_before(date(2026, 11, 23), 18) == date(2025, 5, 1)
    assert months_before(date(2026, 1, 31), 1) == date(2025, 12, 1)


def test_moments_are_utc() -> None:
    assert at(VOLTARA, 2026, 3, 2, 10, 0) == int(datetime(2026, 3, 2, 4, 30, tzinfo=UTC).timestamp())
    assert Counter(VOLTARA.weekdays).total() == 6
