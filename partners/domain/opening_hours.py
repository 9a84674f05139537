"""Keeping business calendars."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from partners.domain.calendars import check_hours
from partners.domain.facts import put_facts
from partners.events import CalendarAdded, CalendarChanged
from partners.models import BusinessCalendar
from partners.permissions import PartnerCapability

CALENDAR_FACTS = frozenset({"name", "time_zone", "hours", "holidays"})


@transaction.atomic
def create_calendar(
    *,
    name: str,
    time_zone: str,
    hours: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    holidays: Sequence[str] = (),
) -> BusinessCalendar:
    """Enter a calendar. Raises `NotAllowed`, `Invalid` (fields named), `Conflict` for a taken name."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    calendar = BusinessCalendar(
        network_id=actor.network_id,
        name=name.strip(),
        time_zone=time_zone,
        hours=dict(hours),
        holidays=list(holidays),
    )
    _check(calendar)
    calendar.save(force_insert=True)
    publish(CalendarAdded(), subject=calendar, actor=actor, at=at)
    return calendar


@transaction.atomic
def update_calendar(
    *, calendar: BusinessCalendar, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> BusinessCalendar:
    """Change `CALENDAR_FACTS`. Clocks that run already keep their ends."""
    authorise_everywhere(actor, PartnerCapability.MANAGE_NETWORK, system=True)
    calendar = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    changed = put_facts(calendar, changes, allowed=CALENDAR_FACTS)
    if changed:
        _check(calendar)
        calendar.save(update_fields=changed)
        publish(CalendarChanged(fields=changed), subject=calendar, actor=actor, at=at)
    return calendar


def _check(calendar: BusinessCalendar) -> None:
    faults: dict[str, Any] = {}
    if not calendar.name.strip():
        faults["name"] = _("Give a name.")
    if calendar.time_zone not in available_timezones():
        faults["time_zone"] = _("There is no such time zone.")
    if not any(calendar.hours.values()):
        faults["hours"] = _("A calendar that never opens would stop every clock.")
    try:
        days = [date.fromisoformat(day) for day in calendar.holidays]
    except (TypeError, ValueError):
        faults["holidays"] = _("Write each day like 2026-01-26.")
    else:
        calendar.holidays = [day.isoformat() for day in sorted(set(days))]
    if faults:
        raise Invalid(fields=faults)
    check_hours(calendar.hours)
    if BusinessCalendar.objects.filter(name=calendar.name).exclude(pk=calendar.pk).exists():
        raise Conflict(_("The name %(name)s is taken.") % {"name": calendar.name}, code="name-taken")
