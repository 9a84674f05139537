"""How numbers, spans and moments are written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from dnm.web.formats import (
    blended,
    counted,
    formats_of,
    kilometres,
    moment,
    money,
    number,
    percent,
    short_day,
    span,
)

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_numbers_group_as_the_network_does() -> None:
    with formats_of("en_IN"):
        assert number(184300) == "1,84,300"
        assert money(Decimal("1234567.5"), "INR") == "₹12,34,567.50"
    with formats_of("de_DE"):
        assert number(184300) == "184.300"
        assert percent(Decimal("0.125"), 1) == "12,5\xa0%"


def test_language_of_the_reader_and_territory_of_the_network() -> None:
    assert blended("en", "de_DE") == "en_DE"
    assert blended("hi", "en_IN") == "hi_IN"
    assert blended("xx", "de_DE") == "de_DE"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=18), "18 min"),
        (timedelta(hours=1, minutes=52), "1 hr 52 min"),
        (timedelta(hours=2), "2 hr"),
        (timedelta(hours=25), "1 day 1 hr"),
        (timedelta(days=6, hours=23), "6 days"),
        (timedelta(minutes=-5), "0 min"),
    ],
)
def test_spans(length: timedelta, words: str) -> None:
    with formats_of("en"):
        assert span(length) == words


def test_distances_claim_no_more_than_a_postal_area_knows() -> None:
    with formats_of("en"), translation.override("en"):
        assert kilometres(0.3) == "under 1 km"
        assert kilometres(4.123) == "4.1 km"
        assert kilometres(123.4) == "123 km"


def test_today_is_a_time_and_another_day_a_date() -> None:
    with formats_of("en_GB"), timezone.override("Asia/Kolkata"):
        assert moment(NOW, NOW) == "11:30"
        assert moment(NOW - timedelta(days=3), NOW) == "20 Nov, 11:30"
        assert moment(NOW - timedelta(days=400), NOW) == "19 Oct 2025, 11:30"


def test_counts_end_in_a_plus() -> None:
    with formats_of("en"), translation.override("en"):
        assert counted(10_000, 10_000) == "10,000"
        assert counted(10_001, 10_000) == "10,000+"


def test_a_day_has_one_form() -> None:
    """Where code writes it for India, and where a template shows it as it is."""
    day = date(2026, 10, 24)
    with formats_of("en_IN"):
        assert short_day(day) == "24 Oct 2026"
    assert date_format(day) == "24 Oct 2026"
