"""The lists: pages by keyset like everywhere in the portal, and no filter that nobody declared."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList

from dnm.accounts.actors import Actor
from dnm.scoping.errors import Invalid
from dnm.scoping.pages import COUNT_CAP, capped_count, page
from dnm.web.admin.columns import row_url
from dnm.web.formats import counted

CURSOR = "cursor"


class KeysetChangeList(ChangeList):
    """Older and newer instead of page numbers; counts that stop at ten thousand; rows by their public id."""

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        found.pop(CURSOR, None)
        return found

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """The address with these changes; whatever else changes, the list starts again at its top."""
        return str(super().get_query_string(new_params, [*(remove or []), CURSOR]))

    def get_ordering(self, request: Any, queryset: Any) -> list[str]:
        return list(self.model_admin.ordering)

    def get_results(self, request: Any) -> None:
        order, limit = tuple(self.model_admin.ordering), self.list_per_page
        try:
            found = page(self.queryset, order=order, cursor=request.GET.get(CURSOR), limit=limit)
        except Invalid:
            found = page(self.queryset, order=order, limit=limit)
        is_all = found.next_cursor is None and found.previous_cursor is None
        self.result_list = list(found.rows)
        self.result_count = len(self.result_list) if is_all else capped_count(self.queryset)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.result_list)
        self.can_show_all = self.multi_page = False
        self.older = self.get_query_string({CURSOR: found.next_cursor}) if found.next_cursor else ""
        self.newer = self.get_query_string({CURSOR: found.previous_cursor}) if found.previous_cursor else ""

    @property
    def count_words(self) -> str:
        return counted(self.result_count, COUNT_CAP)

    def url_for_result(self, result: Any) -> str:
        return row_url(result)


class RowFilter(SimpleListFilter):
    """A filter by one of a few rows in sight, named by their public id. Subclasses say which rows."""

    lookup = ""

    def rows(self, actor: Actor) -> Any:
        raise NotImplementedError

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.uid), str(row)) for row in self.rows(request.actor)]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if not self.value():
            return queryset
        chosen = [row.pk for row in self.rows(request.actor) if str(row.uid) == self.value()]
        return queryset.filter(**{self.lookup: chosen})


def row_filter(*, title: Any, name: str, lookup: str, rows: Callable[[Actor], Any]) -> type[RowFilter]:
    """A filter class by rows; `lookup` takes a list of keys."""
    values = {
        "title": title,
        "parameter_name": name,
        "lookup": lookup,
        "rows": lambda _self, actor: rows(actor),
    }
    return type("Filter", (RowFilter,), values)


def parameters(list_filter: Any) -> set[str]:
    """The names of the parameters that the declared filters read: every other lookup is refused.

    Django would let an address filter by any column, hidden ones included, and the count tells their content.
    """
    found = set()
    for one in list_filter:
        if isinstance(one, str):
            found |= {f"{one}__exact", f"{one}__isnull"}
        else:
            found.add(one.parameter_name)
    return found
