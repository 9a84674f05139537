"""Tables of the lists: django-tables2 for the columns, the portal's own pager, header and phone cards."""

from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.web.formats import moment, number, short_day


class ScopedTable(tables.Table):
    """Base of all list tables.

    `Meta.phone` names the four columns that a card shows on a phone, the first of them as its heading.
    Ordering and paging belong to the view: they must be index walks.
    """

    phone: tuple[str, ...] = ()

    class Meta:
        orderable = False
        template_name = "tables/table.html"

    def __init__(self, *args: Any, request: Any = None, **kwargs: Any) -> None:
        """`request` tells the columns who reads. It stays away from django-tables2, which would page by
        itself.
        """
        super().__init__(*args, orderable=False, **kwargs)
        self.request = request


class LinkColumn(tables.Column):
    """The record's name, leading to its page (`get_absolute_url`)."""

    def render(self, value: Any, record: Any) -> SafeString:
        return format_html('<a href="{}" class="row-link">{}</a>', record.get_absolute_url(), value)

    def value(self, value: Any) -> Any:
        return value


class NumberColumn(tables.Column):
    """A figure, to the right, with the locale's grouping."""

    def __init__(self, *args: Any, digits: int = 0, **kwargs: Any) -> None:
        self.digits = digits
        end = {"class": "text-end num"}
        super().__init__(*args, attrs={"td": end, "th": end}, **kwargs)

    def render(self, value: Any) -> str:
        return number(value, self.digits)

    def value(self, value: Any) -> Any:
        return value


class MomentColumn(tables.Column):
    """A point in time, short; the whole of it in the tooltip and in the file."""

    def render(self, value: datetime) -> SafeString:
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            value.isoformat(),
            timezone.localtime(value).strftime("%Y-%m-%d %H:%M %Z"),
            moment(value, timezone.now()),
        )

    def value(self, value: datetime) -> datetime:
        return value


class DayColumn(tables.Column):
    """A day without a time; never broken over two lines."""

    def render(self, value: date) -> SafeString:
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), short_day(value))

    def value(self, value: date) -> date:
        return value


class StateColumn(tables.Column):
    """A state as a badge, in the colour that the model's `state_tone` names."""

    def render(self, record: Any, bound_column: Any) -> str:
        context = {"label": _display(record, bound_column), "tone": record.state_tone}
        return render_to_string("web/state.html", context)

    def value(self, record: Any, bound_column: Any) -> str:
        return _display(record, bound_column)


class MaskedColumn(tables.Column):
    """A field that not everybody who sees the row may see: "hidden" for the others, here and in the file."""

    empty_values = ()

    def render(self, record: Any, bound_column: Any, table: tables.Table) -> Any:
        value = self.value(record, bound_column, table)
        return value if value != HIDDEN else format_html('<span class="nothing">{}</span>', HIDDEN)

    def value(self, record: Any, bound_column: Any, table: tables.Table) -> Any:
        actor = table.request.actor if table.request else None
        if actor is None or bound_column.accessor in hidden_fields(actor, record):
            return HIDDEN
        return bound_column.accessor.resolve(record)


def _display(record: Any, bound_column: Any) -> str:
    return str(getattr(record, f"get_{bound_column.accessor}_display")())
