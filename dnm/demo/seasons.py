"""When people ask and when dealers answer: the demand of a day, and a clock that runs in business hours
only.

Times are whole seconds since 1970 (UTC) throughout the plan: a million leads are cheaper as integers than
as datetimes.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from dnm.demo.brands import DIWALI, Brand

DAY = 86_400
HOUR = 3_600

# Requests by local hour: a hump before lunch, a higher one in the evening.
HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 3.5, 5, 6.5, 7, 6, 5, 4.5, 4.5, 5, 5.5, 7, 8, 8, 7, 5, 2.5)
HOURS_CUMULATED = tuple(accumulate(HOURS))
WEEKDAY = (0.95, 0.92, 0.92, 0.95, 1.0, 1.18, 1.12)
GROWTH_A_MONTH = 0.012


def midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())


def local_day(moment: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(moment, zone).date()


def months_before(day: date, months: int) -> date:
    """The first of the month that lies `months` months back."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def festival_factor(day: date) -> float:
    """1 on ordinary days; rises to 2.6 in the three weeks before Diwali; half a day's demand on the day
    itself.
    """
    for festival in DIWALI:
        ahead = (festival - day).days
        if ahead == 0:
            return 0.5
        if 0 < ahead <= 21:
            return 1.0 + 1.6 * (22 - ahead) / 21
    return 1.0


def sale_factor(day: date) -> float:
    """The last week of November, when tools are cheap."""
    return 1.7 if day.month == 11 and day.day >= 23 else 1.0


def demand(brand: Brand, day: date, start: date) -> tuple[float, ...]:
    """How much is asked for on one day, by product line, in arbitrary units."""
    festival = festival_factor(day) if brand.country == "IN" else sale_factor(day)
    growth = 1.0 + GROWTH_A_MONTH * (day - start).days / 30.4
    shared = WEEKDAY[day.weekday()] * growth
    return tuple(
        line.share
        * line.months[day.month - 1]
        * shared
        * (festival if line.code in {"displays", "appliances", "power-tools"} else 1.0)
        for line in brand.lines
    )


class BusinessClock:
    """Adds working time to a moment: nights, closed weekdays and holidays do not count."""

    def __init__(self, brand: Brand, first: date, last: date) -> None:
        zone = ZoneInfo(brand.time_zone)
        self.opens: list[int] = []
        self.worked: list[int] = []
        self.length = (brand.closes - brand.opens) * HOUR
        closed = set(brand.holidays)
        day = first
        while day <= last:
            if day.weekday() in brand.weekdays and day not in closed:
                self.worked.append(len(self.opens) * self.length)
                self.opens.append(int(datetime.combine(day, time(brand.opens), zone).timestamp()))
            day += timedelta(days=1)

    def add(self, moment: int, seconds: int) -> int:
        """The moment when `seconds` of working time after `moment` have passed."""
        index = bisect_right(self.opens, moment) - 1
        done = 0 if index < 0 else self.worked[index] + min(moment - self.opens[index], self.length)
        total = done + seconds
        target = total // self.length
        if target * self.length == total and seconds:
            target -= 1
        return self.opens[target] + total - self.worked[target]

    def is_open(self, moment: int) -> bool:
        index = bisect_right(self.opens, moment) - 1
        return index >= 0 and moment - self.opens[index] < self.length


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
