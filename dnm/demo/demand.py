"""The leads of a demo network, day by day: who asks, where, for what, and what the cascade makes of it.

Whatever would happen after `now` has not happened yet, so recent leads are open by themselves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from dnm.demo.brands import Brand
from dnm.demo.cascade import Cascade, pick
from dnm.demo.channel import PlannedPartner
from dnm.demo.geography import Geography
from dnm.demo.rows import PlannedLead
from dnm.demo.seasons import DAY, HOUR, HOURS, HOURS_CUMULATED, BusinessClock, demand, local_day, midnight

CHUNK = 10_000
QUIET_SECONDS = 1_200
INVALID, DUPLICATE = 0.018, 0.03
REPEATED_DAYS = 10
# Leads of the last weeks carry their explanation and their timeline, older ones only their rows.
EXPLAINED_DAYS = 45
EXPLAINED_LEADS = 8_000
INVALIDITIES = ("unreachable-number", "test-entry", "not-a-customer")


class Demand:
    """All leads of one network in order of time, in chunks: memory does not grow with their number."""

    def __init__(
        self,
        brand: Brand,
        geography: Geography,
        partners: Sequence[PlannedPartner],
        *,
        seed: str,
        total: int,
        start: date,
        now: int,
    ) -> None:
        self.brand, self.places = brand, geography.places
        self.total, self.start, self.now = total, start, now
        self.zone = ZoneInfo(brand.time_zone)
        self.random = Random(f"{seed}:{brand.slug}:leads")
        today = local_day(now, self.zone)
        history = (today - start).days + 1
        explained = min(EXPLAINED_DAYS * DAY, history * DAY * EXPLAINED_LEADS // max(total, 1))
        self.cascade = Cascade(
            brand,
            self.places,
            partners,
            random=self.random,
            clock=BusinessClock(brand, start - timedelta(days=5), today + timedelta(days=60)),
            now=now,
            explained_since=now - explained,
        )
        self.people = list(accumulate(place.population for place in self.places))
        self.sources = list(accumulate(brand.sources.values()))
        self.recent: deque[PlannedLead] = deque(maxlen=400)

    def chunks(self, size: int = CHUNK) -> Iterator[list[PlannedLead]]:
        """Lists of at most `size` leads, oldest first."""
        chunk: list[PlannedLead] = []
        for number, (created, line) in enumerate(self._requests(), start=1):
            lead = self._lead(number, created, line)
            chunk.append(lead)
            self.recent.append(lead)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def days(self) -> list[tuple[date, tuple[float, ...]]]:
        """The demand of each day by line; today counts as far as it has gone."""
        last = local_day(self.now - QUIET_SECONDS, self.zone)
        days = []
        day = self.start
        while day <= last:
            share = 1.0
            if day == last:
                share = self._hours_gone(self.now - QUIET_SECONDS) / HOURS_CUMULATED[-1]
            days.append((day, tuple(share * units for units in demand(self.brand, day, self.start))))
            day += timedelta(days=1)
        return days

    def _hours_gone(self, moment: int) -> float:
        hours = (moment - midnight(local_day(moment, self.zone), self.zone)) / HOUR
        whole = min(int(hours), 23)
        before = HOURS_CUMULATED[whole - 1] if whole else 0.0
        return before + (HOURS_CUMULATED[whole] - before) * min(1.0, hours - whole)

    def _requests(self) -> Iterator[tuple[int, int]]:
        """(moment, line) of every lead: exactly `total`, shared out over the days by cumulated rounding."""
        days = self.days()
        units = sum(sum(wanted) for _, wanted in days)
        due, given = 0.0, 0
        for day, wanted in days:
            begin, requests = midnight(day, self.zone), []
            is_last = day == days[-1][0]
            latest = self._hours_gone(self.now - QUIET_SECONDS) if is_last else HOURS_CUMULATED[-1]
            for line, weight in enumerate(wanted):
                due += weight
                count = round(due / units * self.total) - given
                given += count
                requests += [(begin + self._second(latest), line) for _ in range(count)]
            requests.sort()
            yield from requests

    def _second(self, latest: float) -> int:
        """A second of the day before `latest` (in units of the hours' weights), by the shape of the day."""
        draw = self.random.random() * latest
        hour = pick(HOURS_CUMULATED, draw / HOURS_CUMULATED[-1])
        before = HOURS_CUMULATED[hour - 1] if hour else 0.0
        return int((hour + (draw - before) / HOURS[hour]) * HOUR)

    def _lead(self, number: int, created: int, line: int) -> PlannedLead:
        random = self.random.random
        place, source = pick(self.people, random()), pick(self.sources, random())
        lead = PlannedLead(number, number, created, place, line, source)
        draw = random()
        if draw < INVALID:
            lead.state, lead.closed = "invalid", created + 1
            lead.reason = INVALIDITIES[int(random() * len(INVALIDITIES))]
        elif draw < INVALID + DUPLICATE and self._repeat(lead):
            lead.state, lead.closed = "duplicate", created + 1
        else:
            self.cascade.route(lead)
        return lead

    def _repeat(self, lead: PlannedLead) -> bool:
        """Make the lead a second request of somebody who asked in the last days."""
        if not self.recent:
            return False
        earlier = self.recent[int(self.random.random() * len(self.recent))]
        if earlier.duplicate_of is not None or lead.created - earlier.created > REPEATED_DAYS * DAY:
            return False
        lead.duplicate_of, lead.person = earlier.number, earlier.person
        lead.place, lead.line = earlier.place, earlier.line
        return True
