"""Business time: adding working minutes to a moment, and counting those between two."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from dnm.scoping.errors import Invalid
from partners.models import BusinessCalendar, Partner

WEEKDAYS = [("09:30", "19:00")]
DEFAULT_HOURS: Mapping[str, Sequence[Sequence[str]]] = {
    str(day): [list(span) for span in WEEKDAYS] for day in range(6)
}
"""Monday to Saturday, half past nine to seven: what a network starts with."""
HORIZON = timedelta(days=366)


def calendar_for(partner: Partner) -> BusinessCalendar:
    """The partner's own calendar, or else the network's first. Not saved when the network has none at all."""
    if partner.calendar is not None:
        return partner.calendar
    first = BusinessCalendar.objects.order_by("pk").first()
    return first or BusinessCalendar(
        network_id=partner.network_id, time_zone=partner.network.time_zone, hours=dict(DEFAULT_HOURS)
    )


def add_minutes(calendar: BusinessCalendar, start: datetime, minutes: float) -> datetime:
    """The moment at which `minutes` of opening time have passed since `start` (aware; answered in UTC).

    Raises `Invalid` when the calendar does not open often enough within a year.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _spans(calendar, start):
        begin = max(opens, start)
        if begin >= closes:
            continue
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    raise Invalid(_("This calendar is hardly ever open."), code="calendar-closed")


def minutes_between(calendar: BusinessCalendar, start: datetime, end: datetime) -> float:
    """Opening minutes between two moments; 0 when `end` is not after `start`."""
    total = timedelta()
    for opens, closes in _spans(calendar, start):
        if opens >= end:
            break
        total += max(timedelta(), min(closes, end) - max(opens, start))
    return total.total_seconds() / 60


def check_hours(hours: Mapping[str, Any]) -> None:
    """Raise `Invalid` unless `hours` is what `BusinessCalendar` documents, with spans in order."""
    for day, spans in hours.items():
        try:
            times = [time.fromisoformat(moment) for span in spans for moment in span]
            well_formed = day in set("0123456") and all(len(span) == 2 for span in spans)
        except (TypeError, ValueError):
            well_formed, times = False, []
        if not well_formed or times != sorted(set(times)):
            raise Invalid(
                fields={"hours": _("Write spans like 09:30 to 19:00, in order, for days 0 (Monday) to 6.")}
            )


def _spans(calendar: BusinessCalendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Opening spans from the day of `start` on, as UTC moments: daylight saving is the zone's business."""
    zone = calendar.zone
    closed = {date.fromisoformat(day) for day in calendar.holidays}
    day = start.astimezone(zone).date()
    last = day + HORIZON
    utc = start.tzinfo
    while day <= last:
        for opens, closes in () if day in closed else calendar.hours.get(str(day.weekday()), ()):
            yield (
                datetime.combine(day, time.fromisoformat(opens), zone).astimezone(utc),
                datetime.combine(day, time.fromisoformat(closes), zone).astimezone(utc),
            )
        day += timedelta(days=1)
