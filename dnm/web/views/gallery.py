"""Every component in every state on one page, for those who build pages and for the tests that look at
them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import django_tables2 as tables
from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.requests import PortalRequest
from dnm.web.filters import Chip
from dnm.web.home import Kpi, TaskItem, Waiting
from dnm.web.tables import MomentColumn, NumberColumn, ScopedTable, StateColumn
from dnm.web.timeline import Line

TONES = ("neutral", "info", "good", "warn", "bad")


class SampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label=_("Name"), help_text=_("As on the letterhead."))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("dealer", _("Dealer")), ("service", _("Service centre"))]
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    day = forms.DateField(
        label=_("Needed by"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    lines = forms.MultipleChoiceField(
        label=_("Product lines"),
        choices=[("inverter", _("Inverters")), ("battery", _("Batteries"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    contact = forms.ChoiceField(
        label=_("Contact"), choices=[("mail", _("E-mail")), ("call", _("Phone"))], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label=_("I have read the terms"))


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of the sample table."""

    name: str
    state: str
    distance: float
    at: datetime
    place: str

    @property
    def state_tone(self) -> str:
        return self.state

    def get_state_display(self) -> str:
        return self.state


class SampleTable(ScopedTable):
    """A list table with a column of each kind."""

    phone = ("name", "state", "distance", "at")

    name = tables.Column(verbose_name=_("Name"))
    state = StateColumn(verbose_name=_("State"))
    distance = NumberColumn(verbose_name=_("Distance"), digits=1)
    at = MomentColumn(verbose_name=_("Changed"))
    place = tables.Column(verbose_name=_("Place"))


def gallery(request: PortalRequest) -> HttpResponse:
    """The page. In production it does not exist."""
    if settings.PRODUCTION:
        raise Http404
    now = timezone.now()
    bad_form = SampleForm({"bad-name": "", "bad-kind": "none"}, prefix="bad")
    bad_form.add_error(None, _("The partner is suspended: no lead can be given to it."))
    context = {
        "tones": TONES,
        "now": now,
        "clocks": [now + gap for gap in (timedelta(minutes=17, seconds=42), timedelta(hours=1, minutes=52))],
        "late": now - timedelta(minutes=3),
        "days": now + timedelta(days=6),
        "tasks": Waiting(items=_tasks(now), total=5, by_group={}),
        "kpis": _kpis(),
        "form": SampleForm(),
        "bad_form": bad_form,
        "table": SampleTable(_rows(now), request=request),
        "lines": _lines(now),
        "facts": [(_("Budget"), "₹ 18,000 to 24,000"), (_("Needed by"), _("this week")), (_("Phone"), "")],
        "chips": [Chip("State", "Offered", "?"), Chip("Product line", "Inverters", "?")],
        "crumbs": [(_("Leads"), "/leads/"), (_("East zone"), "")],
        "icons": _icon_names(),
    }
    return render(request, "web/gallery.html", context)


def _tasks(now: Any) -> list[TaskItem]:
    return [
        TaskItem(
            title="Lead: inverter for a 3-bedroom home, Indiranagar",
            detail="4.1 km · nearest of 6",
            icon="target-arrow",
            url="#tasks",
            verb=_("Open"),
            due=now + timedelta(minutes=18),
            is_main=True,
        ),
        TaskItem(
            title="Delivery DN-20418 arrives today",
            detail="12 units in transit",
            icon="truck-delivery",
            url="#tasks",
            verb=_("Receive"),
            note=str(_("today")),
            tone="info",
        ),
    ]


def _kpis() -> list[Kpi]:
    return [
        Kpi(_("Lead acceptance"), "86 %", "target 80 % · 42 of 49 offers", 0.86, 0.8, "#kpis"),
        Kpi(_("Conversion"), "11 %", "cohort Aug to Oct · peers 15 %", 0.11, 0.15),
        Kpi(_("Open leads"), "24", "", None, None),
    ]


def _rows(now: Any) -> list[SampleRow]:
    names = ["Rao Power House", "Sri Balaji Electricals", "Patel & Sons"]
    return [
        SampleRow(
            name=name,
            state=tone,
            distance=4.1 * (at + 1),
            at=now - timedelta(hours=9 * at),
            place="Bengaluru East",
        )
        for at, (name, tone) in enumerate(zip(names, TONES, strict=False))
    ]


def _lines(now: Any) -> list[Line]:
    return [
        Line(_("Offer accepted"), "", "Lakshmi Rao", now - timedelta(minutes=2), is_system=False),
        Line(_("Offer declined"), "Too far away", "Vikram Sethi", now - timedelta(hours=2), is_system=False),
        Line(_("Lead routed"), "6 partners considered", "router", now - timedelta(days=1), is_system=True),
    ]


def _icon_names() -> list[str]:
    lines = (settings.BASE_DIR / "static" / "icons.txt").read_text().splitlines()
    return sorted({line.split("#")[0].strip().replace("/", "-") for line in lines} - {""})
