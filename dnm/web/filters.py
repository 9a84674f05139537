"""Filter sets: one for list, file, API and saved view. Here is what the pages add: chips that can be
removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on, and the query string without it."""

    label: str
    value: str
    query: str


class PageFilterSet(django_filters.FilterSet):
    """Base of the pages' filter sets."""

    def complaints(self) -> list[str]:
        """What is wrong with the filters, each with the name of its field."""
        fields = self.form.fields
        return [
            f"{fields[name].label if name in fields and fields[name].label else name}: {text}"
            for name, texts in self.errors.items()
            for text in texts
        ]

    def chips(self, query: QueryDict, *, leave_out: tuple[str, ...] = ()) -> list[Chip]:
        """The filters that are on, as words."""
        if not self.form.is_bound or not self.form.is_valid():
            return []
        return [
            Chip(
                str(self.form.fields[name].label or name),
                _words(self.form, name, value),
                without(query, name),
            )
            for name, value in self.form.cleaned_data.items()
            if name not in leave_out and value not in (None, "", [], ()) and not _is_empty(value)
        ]


def without(query: QueryDict, *names: str) -> str:
    """The query string without these parameters, and without the place in the list, which goes with them."""
    return changed(query, dict.fromkeys(names))


def changed(query: QueryDict, values: Mapping[str, Any]) -> str:
    """The query string with these values; None takes a parameter away. Starts again at the first page."""
    copy = query.copy()
    for name in [*values, "cursor", "export"]:
        for key in [name, f"{name}_min", f"{name}_max", f"{name}_after", f"{name}_before"]:
            copy.pop(key, None)
    for name, value in values.items():
        if value is not None:
            copy[name] = value
    return f"?{copy.urlencode()}" if copy else "?"


def _words(form: Any, name: str, value: Any) -> str:
    field = form.fields[name]
    if isinstance(value, slice):
        return " \N{EN DASH} ".join(
            str(part.date() if hasattr(part, "date") else part) for part in (value.start, value.stop) if part
        )
    values = value if isinstance(value, list | tuple) else [value]
    named = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
    return ", ".join(str(named.get(str(one), one)) for one in values)


def _is_empty(value: Any) -> bool:
    if isinstance(value, slice):
        return value.start is None and value.stop is None
    return hasattr(value, "exists") and not value
