"""Filters of a list: the app's FilterSet, the same that the pages and exports use, read strictly.

`ChoiceInScope` and `Below` are the filters that name another row: only one that the actor may see will do.
"""

from functools import cache
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.drainage import set_override
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from dnm.accounts.actors import Actor
from dnm.api.problems import bad_parameters
from dnm.scoping.branches import below
from dnm.scoping.moves import ids_of

NOBODY = Actor.system("nobody", 0)
"""Stands in while the schema is drawn, when nobody asks: sees no row."""


class StrictFilters(DjangoFilterBackend):
    """Applies the view's `filterset_class`; a value that it does not understand is refused with 400."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise bad_parameters({name: list(map(str, texts)) for name, texts in filterset.errors.items()})
        return filterset.qs


@cache
def parameter_names(filterset: type[FilterSet]) -> tuple[str, ...]:
    """Every name under which the filter set reads the address; a range reads several (`created_after`, …)."""
    names: list[str] = []
    for name, one in filterset.base_filters.items():
        suffixes = getattr(one.field_class.widget, "suffixes", None) or [""]
        names += [f"{name}_{suffix}" if suffix else name for suffix in suffixes]
    return tuple(names)


class ChoiceInScope(ModelChoiceFilter):
    """One row of `model` among those that the actor may see, named in the address by its column `by`."""

    def __init__(self, model: type[Model], capability: str, *, by: str, **kwargs: Any) -> None:
        rows: Any = model

        def in_scope(request: Any) -> Any:
            return rows.objects.visible_to(getattr(request, "actor", None) or NOBODY, capability)

        kwargs.setdefault("empty_label", _("All"))
        super().__init__(queryset=in_scope, to_field_name=by, **kwargs)
        set_override(self, "field", OpenApiTypes.UUID if by == "uid" else OpenApiTypes.STR)


THEN = "then"
ORGANISATIONS = [("now", _("As it is now")), (THEN, _("As it was then"))]


class Below(ChoiceInScope):
    """A node of a tree, by id, and everything below it, over rows with level columns of that `tree`.

    `as_was` names the `OrganisationFilter` of the same set: as it was then, rows are asked by their recorded
    path.
    """

    def __init__(
        self, model: type[Model], capability: str, *, tree: str, as_was: str = "", **kwargs: Any
    ) -> None:
        self.tree, self.as_was = tree, as_was
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(model, capability, by="uid", **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        if value is None:
            return qs
        if self.as_was and self.parent.form.cleaned_data.get(self.as_was) == THEN:
            return qs.recorded_under(value)
        actor = getattr(self.parent.request, "actor", None) or NOBODY
        return qs.filter(below(self.tree, ids_of(value.path), actor.moves))


class OrganisationFilter(ChoiceFilter):
    """Which organisation a `Below` means: today's, or the one in which each row was recorded."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=ORGANISATIONS, empty_label=None, label=_("Organisation"), **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """Read by `Below`."""
        return qs
