"""The network's own settings: how it looks and speaks, what it sells, when it works."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.web.admin.columns import Column
from dnm.web.admin.forms import ActorForm, LinesField
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import SETTINGS
from dnm.web.admin.sites import network_site
from partners.domain.networks import network_of, update_network
from partners.domain.opening_hours import create_calendar, update_calendar
from partners.domain.product_lines import create_product_line, update_product_line
from partners.models import BusinessCalendar, ProductLine
from partners.permissions import PartnerCapability

DAYS = [f"day_{day}" for day in range(7)]
LANGUAGE = ("language",) if len(settings.LANGUAGES) > 1 else ()
"""The field of forms that ask for a network's language: none where there is nothing to choose."""
LANGUAGE_WIDGET = {name: forms.Select(choices=settings.LANGUAGES) for name in LANGUAGE}


class NetworkForm(ActorForm):
    """What the network's administrator decides."""

    embedding_sites = LinesField(
        label=_("Sites that may embed the enquiry form"),
        required=False,
        help_text=_("One a line, like https://www.example.com"),
    )
    consent_text = forms.CharField(
        label=_("Consent text"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Prospects agree to it. Another text gets another version number."),
    )
    field_order = ("portal_name", "accent", *LANGUAGE, "locale", "consent_text", "embedding_sites")

    class Meta:
        model = Network
        fields = ["portal_name", "accent", *LANGUAGE, "locale", "consent_text", "embedding_sites"]
        widgets = {"accent": forms.TextInput({"type": "color"}), **LANGUAGE_WIDGET}


@admin.register(Network, site=network_site)
class NetworkAdmin(ScopedModelAdmin):
    """One row: the network itself."""

    section = SETTINGS
    menu_name = _("Network")
    view_capability = PartnerCapability.VIEW_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    is_single = True
    change_form = NetworkForm
    facts = (
        "portal_name",
        "accent",
        "language",
        "locale",
        "consent_text",
        "consent_version",
        Column("embedding_sites", _("embedding sites"), lambda row, actor: ", ".join(row.embedding_sites)),
        "name",
        "slug",
        "country",
        "currency",
        "time_zone",
    )

    def rows(self, actor: Actor) -> Any:
        return network_of(actor)

    def perform_change(self, request: Any, row: Network, form: ActorForm) -> Network:
        return update_network(network=row, changes=form.changes(), actor=request.actor, at=timezone.now())


class ProductLineForm(ActorForm):
    """A family of products."""

    class Meta:
        model = ProductLine
        fields = ["code", "name"]


@admin.register(ProductLine, site=network_site)
class ProductLineAdmin(ScopedModelAdmin):
    """What the network sells. Everybody on the staff sees it; who has the whole network keeps it."""

    section = SETTINGS
    view_capability = PartnerCapability.VIEW_NETWORK
    add_capability = PartnerCapability.MANAGE_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    add_form = change_form = ProductLineForm
    ordering = ("name", "id")
    list_display = ("name", "code")
    search_fields = ("name", "code")
    facts = ("code", "name")

    def perform_add(self, request: Any, form: ActorForm) -> ProductLine:
        return create_product_line(**form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: ProductLine, form: ActorForm) -> ProductLine:
        return update_product_line(line=row, changes=form.changes(), actor=request.actor, at=timezone.now())


class SpansField(forms.CharField):
    """Opening hours of one day, as people write them: 09:30-13:00, 14:00-19:00."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join("-".join(span) for span in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[str]]:
        text = super().clean(value).replace("\N{EN DASH}", "-")
        spans = [[moment.strip() for moment in span.split("-")] for span in text.split(",") if span.strip()]
        if any(len(span) != 2 for span in spans):
            raise forms.ValidationError(_("Write hours like 09:30-13:00, 14:00-19:00."))
        return spans


class CalendarForm(ActorForm):
    """A week, and the days on which nobody works."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    day_0 = SpansField(label=WEEKDAYS[0], help_text=_("Like 09:30-13:00, 14:00-19:00. Empty means closed."))
    day_1 = SpansField(label=WEEKDAYS[1])
    day_2 = SpansField(label=WEEKDAYS[2])
    day_3 = SpansField(label=WEEKDAYS[3])
    day_4 = SpansField(label=WEEKDAYS[4])
    day_5 = SpansField(label=WEEKDAYS[5])
    day_6 = SpansField(label=WEEKDAYS[6])
    holidays = LinesField(label=_("Holidays"), required=False, help_text=_("One a line, like 2026-01-26."))
    field_order = ("name", "time_zone", *DAYS, "holidays")

    class Meta:
        model = BusinessCalendar
        fields = ["name", "time_zone", "holidays"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for number, name in enumerate(DAYS):
                self.initial[name] = self.instance.hours.get(str(number), [])

    def facts(self) -> dict[str, Any]:
        """The values in the words of the verbs."""
        values = self.cleaned_data
        hours = {str(number): values[name] for number, name in enumerate(DAYS) if values[name]}
        return {**{name: values[name] for name in ("name", "time_zone", "holidays")}, "hours": hours}


def _hours(row: BusinessCalendar, actor: Actor) -> str:
    """Weekday and spans, a line each."""
    return "\n".join(
        f"{WEEKDAYS[day]}: " + ", ".join("-".join(span) for span in row.hours[str(day)])
        for day in range(7)
        if row.hours.get(str(day))
    )


@admin.register(BusinessCalendar, site=network_site)
class CalendarAdmin(ScopedModelAdmin):
    """When clocks run. The oldest calendar is that of partners without one of their own."""

    section = SETTINGS
    view_capability = PartnerCapability.VIEW_NETWORK
    add_capability = PartnerCapability.MANAGE_NETWORK
    change_capability = PartnerCapability.MANAGE_NETWORK
    is_network_wide = True
    add_form = change_form = CalendarForm
    ordering = ("name", "id")
    list_display = ("name", "time_zone")
    facts = (
        "name",
        "time_zone",
        Column("day_0", _("opening hours"), _hours),
        Column("holidays", _("holidays"), lambda row, actor: ", ".join(row.holidays)),
    )

    def perform_add(self, request: Any, form: Any) -> BusinessCalendar:
        return create_calendar(**form.facts(), actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: BusinessCalendar, form: Any) -> BusinessCalendar:
        return update_calendar(calendar=row, changes=form.facts(), actor=request.actor, at=timezone.now())
