"""Words and numbers for templates. No tag asks the database or decides anything."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, MultiWidget, RadioSelect, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dnm.web import formats
from dnm.web.prose import prose as as_prose

register = template.Library()
EN_DASH = "\N{EN DASH}"
WARN_BEFORE = timedelta(minutes=60)
SOON = timedelta(days=7)


@register.simple_tag
def icon_href(name: str) -> str:
    """Where an icon stands in the sprite."""
    return f"{static('vendor/icons.svg')}#{name}"


@register.filter
def number(value: Any, digits: int = 0) -> str:
    return formats.number(value, digits) if value is not None else EN_DASH


@register.filter
def prose(text: str) -> SafeString:
    """Plain text as paragraphs, lists and links."""
    return as_prose(text)


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    return formats.percent(value, digits) if value is not None else EN_DASH


@register.filter
def kilometres(value: Any) -> str:
    return formats.kilometres(float(value)) if value is not None else EN_DASH


@register.filter
def money(value: Decimal, currency: str) -> str:
    return formats.money(value, currency)


@register.filter
def long_day(value: datetime) -> str:
    return formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    return formats.moment(value, timezone.now()) if value else ""


@register.filter
def short_day(value: date | None) -> str:
    return formats.short_day(value) if value else ""


@register.filter
def ago(value: datetime) -> str:
    return formats.ago(value, timezone.now())


@register.filter
def time_left(due: datetime) -> str:
    return formats.span(due - timezone.now())


@register.filter
def is_past(due: datetime) -> bool:
    return due <= timezone.now()


@register.filter
def clock_tone(due: datetime) -> str:
    """How pressing a clock is: red in the last hour and after it, amber within a week, else calm."""
    left = due - timezone.now()
    if left <= WARN_BEFORE:
        return "bad"
    if left < timedelta(days=1):
        return "good"
    return "warn" if left <= SOON else "neutral"


@register.filter
def bar(share: float | None) -> str:
    """A share of one as the width of a bar of 100, within the bar."""
    return f"{max(0.0, min(1.0, float(share or 0))) * 100:.1f}"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget with the portal's classes; it points at its hint and its error.

    No placeholder: a label that goes away as one types is none.
    """
    widget = field.field.widget
    plain = isinstance(widget, CheckboxSelectMultiple | RadioSelect)
    if isinstance(widget, CheckboxInput) or plain:
        kind = "form-check-input"
    elif isinstance(widget, Select):
        kind = "form-select"
    else:
        kind = "form-control"
    classes = f"{widget.attrs.get('class', '')} {kind} {'is-invalid' if field.errors else ''}"
    return SafeString(field.as_widget(attrs={"class": " ".join(classes.split()), "placeholder": False}))


@register.filter
def widget_kind(field: BoundField) -> str:
    """check, choices, range or line: how the field is laid out."""
    widget = field.field.widget
    if isinstance(widget, MultiWidget):
        return "range"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def range_parts(field: BoundField) -> list[dict[str, Any]]:
    """The two ends of a range: name, value, id and word of each."""
    values = (
        field.field.widget.decompress(field.value()) if not isinstance(field.value(), list) else field.value()
    )
    suffixes = getattr(field.field.widget, "suffixes", ["min", "max"])
    words = [_("from"), _("to")]
    return [
        {
            "name": f"{field.html_name}_{suffix}",
            "id": f"{field.auto_id}_{suffix}",
            "value": value or "",
            "word": word,
        }
        for suffix, value, word in zip(suffixes, values or ["", ""], words, strict=False)
    ]


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """What a browser calls itself, short: Firefox, Windows. Enough to recognise one's own."""
    known = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, known)) or user_agent[:60]


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    return mapping.get(key)


@register.simple_tag
def meter(share: float | None, target: float | None = None) -> SafeString:
    """A bar with a tick at the target, drawn as SVG: the policy allows no style attributes."""
    tick = ""
    if target is not None:
        tick = format_html('<rect class="meter-tick" x="{}" y="0" width="0.9" height="12"/>', bar(target))
    return format_html(
        '<svg class="meter" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="meter-track" y="3" width="100" height="6" rx="1"/>'
        '<rect class="meter-fill" y="3" width="{}" height="6" rx="1"/>{}</svg>',
        bar(share),
        tick,
    )
