"""What stands below an event's title in a partner's timeline: authorisations and moves.

By codes, as the event has them: a line is told without asking the database.
"""

from datetime import date

from django.utils.translation import gettext as _

from dnm.events.models import Event
from dnm.web.formats import short_day
from dnm.web.timeline import describes
from partners.models import Activity


def register() -> None:
    """Called when the app starts."""
    describes("partners.partner_authorised", _authorised)
    describes("partners.authorisation_ended", _ended)
    describes("partners.partner_lines_changed", _lines)
    describes("partners.partner_move_planned", _planned)
    describes("partners.partner_move_dropped", lambda event: str(event.payload.get("why", "")))


def _authorised(event: Event) -> str:
    return _("{what}, from {day}").format(what=_what(event), day=_day(event, "valid_from"))


def _ended(event: Event) -> str:
    return _("{what}, last day {day}").format(what=_what(event), day=_day(event, "valid_to"))


def _what(event: Event) -> str:
    told = event.payload
    activity = dict(Activity.choices).get(told.get("activity", ""), "")
    return f"{activity} · {told.get('line', '')} · {told.get('territory') or _('everywhere')}"


def _lines(event: Event) -> str:
    return ", ".join(event.payload.get("lines", [])) or _("no product line")


def _planned(event: Event) -> str:
    return _("for {day}").format(day=_day(event, "effective_on"))


def _day(event: Event, name: str) -> str:
    told = str(event.payload.get(name, ""))
    return short_day(date.fromisoformat(told)) if told else ""
