"""The event log, and what of it could not be delivered."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import all_kinds
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.events.permissions import EventCapability
from dnm.events.retrying import retry_delivery
from dnm.web.admin.columns import Column
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import OPERATION
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb


class KindFilter(admin.SimpleListFilter):
    """By what happened: the vocabulary of the running code, without asking the log."""

    title = _("what")
    parameter_name = "kind"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        named = sorted((str(kind.title), name) for name, kind in all_kinds().items())
        titles = [title for title, _name in named]
        return [(name, f"{title} ({name})" if titles.count(title) > 1 else title) for title, name in named]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _payload(event: Event, actor: Any) -> Any:
    return format_html("<pre>{}</pre>", json.dumps(event.payload, indent=2, ensure_ascii=False, default=str))


def _subject(event: Event, actor: Any) -> Any:
    model = event.subject_type.model_class()
    return str(model._meta.verbose_name) if model else str(event.subject_type)


@admin.register(Event, site=network_site)
class EventAdmin(ScopedModelAdmin):
    """The record of everything that happened in the network. Nobody can change it."""

    section = OPERATION
    menu_name = _("Event log")
    view_capability = EventCapability.VIEW
    is_network_wide = True
    has_history = False
    related = ("subject_type",)
    list_display = (
        Column("what", _("what"), lambda event, actor: event.title),
        Column("about", _("about"), _subject),
        "actor_name",
        "via",
        "occurred_at",
    )
    list_filter = (KindFilter,)
    facts = (
        Column("what", _("what"), lambda event, actor: event.title),
        "kind",
        Column("about", _("about"), _subject),
        "actor_name",
        "via",
        "occurred_at",
        "request_id",
        Column("payload", _("details"), _payload),
    )


def _title(delivery: Delivery, actor: Any) -> Any:
    return delivery.event.title


@admin.register(Delivery, site=network_site)
class DeliveryAdmin(ScopedModelAdmin):
    """The outbox: which part of the portal has heard of which event."""

    section = OPERATION
    view_capability = EventCapability.VIEW
    is_network_wide = True
    related = ("event",)
    list_display = ("receiver", Column("what", _("event"), _title), "state", "attempts", "due_at", "done_at")
    list_filter = ("state",)
    facts = (
        "receiver",
        Column("what", _("event"), _title),
        "state",
        "attempts",
        "due_at",
        "done_at",
        "error",
    )
    verbs = (
        RowVerb(
            name="retry",
            label=_("Send again"),
            capability=EventCapability.RETRY,
            perform=lambda row, values, actor, at: retry_delivery(delivery=row, actor=actor, at=at),
            offered=lambda row, actor: "" if row.state == DeliveryState.DEAD else None,
        ),
    )
