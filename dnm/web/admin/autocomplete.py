"""Finding a row by typing: only rows in sight, named by their public id."""

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.paginator import Paginator

from dnm.scoping.pages import capped_count


class CappedPaginator(Paginator):
    """Counts no further than anybody pages."""

    @property
    def count(self) -> int:  # type: ignore[override]
        return capped_count(self.object_list)


class ScopedAutocompleteView(AutocompleteJsonView):
    """Answers with rows that the target's own list would show to this actor."""

    def get_queryset(self) -> Any:
        return super().get_queryset().order_by(*self.model_admin.ordering)

    def get_paginator(self, *args: Any, **kwargs: Any) -> CappedPaginator:
        return CappedPaginator(*args, **{**kwargs, "allow_empty_first_page": True})

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        model_admin: Any = self.model_admin
        return {"id": str(obj.uid), "text": model_admin.choice_label(obj)}


class ScopedAutocomplete(AutocompleteSelect):
    """The field that asks the view above. Shows the chosen row and no other until somebody types."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> list[Any]:
        options: list[Any] = []
        if not self.is_required:
            options.append(self.create_option(name, "", "", False, 0))
        chosen = [one for one in value if one]
        if chosen:
            field = self.choices.field  # type: ignore[attr-defined]
            for row in field.chosen(chosen):
                label = field.label_from_instance(row)
                options.append(self.create_option(name, row.uid, label, True, len(options)))
        return [(None, options, 0)]
