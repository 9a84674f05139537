"""Filters of a list: the app's FilterSet, the same that the pages and exports use, read strictly."""

from typing import Any

from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from dnm.api.problems import bad_parameters


class StrictFilters(DjangoFilterBackend):
    """Applies the view's `filterset_class`; a value that it does not understand is refused with 400."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise bad_parameters({name: list(map(str, texts)) for name, texts in filterset.errors.items()})
        return filterset.qs


def parameter_names(filterset: type[FilterSet] | None) -> list[str]:
    """Every name under which the filter set reads the address; a range reads several (`created_min`, …)."""
    names: list[str] = []
    for name, field in (filterset.base_filters if filterset else {}).items():
        suffixes = getattr(field.field.widget, "suffixes", None)
        names += [f"{name}_{suffix}" if suffix else name for suffix in suffixes] if suffixes else [name]
    return names
