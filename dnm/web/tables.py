"""Tables of the lists: django-tables2 for the columns, the portal's own pager, header and phone cards."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dnm.web.formats import moment, number


class ScopedTable(tables.Table):
    """Base of all list tables.

    `Meta.phone` names the four columns that a card shows on a phone, the first of them as its heading.
    Ordering and paging belong to the view: they must be index walks.
    """

    phone: tuple[str, ...] = ()

    class Meta:
        orderable = False
        template_name = "tables/table.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, orderable=False, **kwargs)


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


class StateColumn(tables.Column):
    """A state as a badge. The model's `state_tone` says which colour goes with it."""

    def render(self, record: Any, bound_column: Any) -> str:
        label = getattr(record, f"get_{bound_column.accessor}_display")()
        return render_to_string("web/state.html", {"label": label, "tone": record.state_tone})

    def value(self, record: Any, bound_column: Any) -> str:
        return str(getattr(record, f"get_{bound_column.accessor}_display")())
