"""Tables of leads and offers."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from dnm.web.formats import kilometres
from dnm.web.tables import LinkColumn, MaskedColumn, MomentColumn, ScopedTable, StateColumn
from leads.models.leads import SOURCES
from leads.states import OfferState


def source_name(source: str) -> str:
    """What a source is called; one that an importer or the API named stands as it came."""
    return str(dict(SOURCES).get(source, source))


class DistanceColumn(tables.Column):
    """Kilometres along the great circle."""

    def __init__(self, **kwargs: Any) -> None:
        end = {"class": "text-end num"}
        super().__init__(attrs={"td": end, "th": end}, **kwargs)

    def render(self, value: float) -> str:
        return kilometres(value)

    def value(self, value: float) -> float:
        return round(value, 1)


class LeadTable(ScopedTable):
    """Leads in sight. The customer's name only where the mask lets it through."""

    phone = ("title", "state", "name", "created_at")

    title = LinkColumn(verbose_name=_("Lead"))
    name = MaskedColumn(verbose_name=_("Customer"))
    partner = tables.Column(verbose_name=_("Partner"))
    territory = tables.Column(verbose_name=_("Territory"))
    source = tables.Column(verbose_name=_("Source"))
    created_at = MomentColumn(verbose_name=_("Came in"))
    state = StateColumn(verbose_name=_("State"))

    def render_source(self, value: str) -> str:
        return source_name(value)


class DeskTable(ScopedTable):
    """Leads that nobody took, with the reason."""

    phone = ("title", "state", "desk_reason", "state_changed_at")

    title = LinkColumn(verbose_name=_("Lead"))
    desk_reason = tables.Column(verbose_name=_("Why it is here"))
    territory = tables.Column(verbose_name=_("Territory"))
    state_changed_at = MomentColumn(verbose_name=_("Since"))
    created_at = MomentColumn(verbose_name=_("Came in"))
    state = StateColumn(verbose_name=_("State"))


class OfferTable(ScopedTable):
    """Offers in sight, with the clock of those that wait for an answer."""

    phone = ("title", "state", "distance_km", "due_at")

    title = LinkColumn(verbose_name=_("Offer"))
    partner = tables.Column(verbose_name=_("Partner"))
    distance_km = DistanceColumn(verbose_name=_("Distance"))
    due_at = tables.Column(verbose_name=_("Answer"))
    step = tables.Column(verbose_name=_("Attempt"))
    created_at = MomentColumn(verbose_name=_("Offered"))
    state = StateColumn(verbose_name=_("State"))

    def render_due_at(self, value: Any, record: Any) -> str:
        if record.state != OfferState.PENDING:
            return str(record.get_decline_reason_display() or "")
        return render_to_string("web/clock.html", {"due": value})

    def value_due_at(self, value: Any) -> Any:
        return value
