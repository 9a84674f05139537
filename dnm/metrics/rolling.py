"""Filling the table of figures: what changed since the last time, or everything. Both give the same rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from dnm.accounts.models import Network
from dnm.accounts.tenancy import current_network_id, network_context
from dnm.events.models import Event
from dnm.metrics.declaring import Metric, all_metrics, table
from dnm.metrics.models import FillState

SETTLED = timedelta(minutes=10)
"""Older than the longest transaction: an event with a lower number cannot appear any more."""
WINDOW = timedelta(days=31)
COLUMNS = ("day", "partner_id", "territory_id", "product_line_id", "numerator", "denominator")


def roll_up(network_id: int, now: datetime) -> None:
    """Bring every metric of a network up to date, each in a transaction of its own. Harmless to repeat."""
    for metric in all_metrics():
        roll_up_metric(network_id, metric, now)


def roll_up_metric(network_id: int, metric: Metric, now: datetime) -> int:
    """Count anew the days that were touched since the last time; all of them when there was none, or when the
    definition has changed. Returns the number of days; -1 when another worker is at it.
    """
    with network_context(network_id):
        FillState.objects.get_or_create(network_id=network_id, metric=metric.name)
        state = FillState.objects.filter(metric=metric.name).select_for_update(skip_locked=True).first()
        if state is None:
            return -1
        zone = Network.objects.get(pk=network_id).zone
        settled = _newest_settled(now)
        if state.version != metric.version or state.event_id is None:
            days = _refill_everything(metric, zone)
        else:
            days = _refill_touched(metric, zone, state.event_id)
            settled = max(settled, state.event_id)
        state.version, state.event_id, state.filled_at = metric.version, settled, now
        state.save()
        return days


def rebuild(network_id: int, metric: Metric, now: datetime) -> int:
    """Forget how far the metric is filled and fill everything; returns the number of days."""
    with network_context(network_id):
        FillState.objects.filter(metric=metric.name).update(event_id=None)
        return roll_up_metric(network_id, metric, now)


def _newest_settled(now: datetime) -> int:
    settled = Event.objects.filter(recorded_at__lt=now - SETTLED)
    return int(settled.order_by("-id").values_list("pk", flat=True).first() or 0)


def _refill_everything(metric: Metric, zone: ZoneInfo) -> int:
    table().objects.filter(metric=metric.name).delete()
    span = metric.span(zone)
    if span is None:
        return 0
    for first, last in _windows(*span):
        _fill(metric, first, last, zone)
    return (span[1] - span[0]).days + 1


def _windows(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + WINDOW, last)
        yield first, end
        first = end + timedelta(days=1)


def _refill_touched(metric: Metric, zone: ZoneInfo, since: int) -> int:
    kinds = [event.kind for event in metric.reopened_by]
    events = Event.objects.filter(pk__gt=since, kind__in=kinds)
    days = metric.days_of(set(events.values_list("subject_id", flat=True)), zone)
    for day in sorted(days):
        table().objects.filter(metric=metric.name, day=day).delete()
        _fill(metric, day, day, zone)
    return len(days)


def _fill(metric: Metric, first: date, last: date, zone: ZoneInfo) -> None:
    """INSERT … SELECT of the metric's own query: no row passes through Python, however many partners."""
    sql, params = metric.cells(first, last, zone).query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, COLUMNS))
    into = quote(table()._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} (network_id, uid, metric, version, {columns}) "  # noqa: S608 - names of columns
            f"SELECT %s, gen_random_uuid(), %s, %s, {columns} FROM ({sql}) AS cells",
            [current_network_id(), metric.name, metric.version, *params],
        )
