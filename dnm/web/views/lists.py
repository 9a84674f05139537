"""The scoped list: filters, order, page, columns and file of one view, all in its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, final

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dnm.accounts.requests import PortalRequest
from dnm.scoping.errors import Invalid
from dnm.scoping.pages import COUNT_CAP, Page, capped_count, page
from dnm.web.export import CONTENT_TYPES, MOST_ROWS, file_response
from dnm.web.filters import PageFilterSet, changed
from dnm.web.formats import counted
from dnm.web.tables import ScopedTable
from dnm.web.views.base import ActorView

PER_PAGE = (25, 50, 100)


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order that an index walks. `columns` must end in a unique column."""

    label: Any
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says when there is nothing yet: a heading, a sentence, one action."""

    title: Any
    text: Any
    action: Any = ""
    url_name: str = ""


class ScopedListView(ActorView):
    """Rows that the actor may see. Subclasses name the model, the capability, the table and the filters.

    `quick` names a choice field of the filter set that is shown as a row of buttons above the table,
    `quick_values` the choices worth a button (all of them when empty).
    """

    model: type[Model]
    table_class: type[ScopedTable]
    filterset_class: type[PageFilterSet]
    orders: ClassVar[Mapping[str, Order]] = {
        "newest": Order(gettext_lazy("Newest first"), ("-created_at", "-id")),
        "oldest": Order(gettext_lazy("Oldest first"), ("created_at", "id")),
    }
    quick: ClassVar[str] = ""
    quick_values: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[Any] = ""
    file_name: ClassVar[str] = "list"
    empty: ClassVar[Empty] = Empty(gettext_lazy("Nothing here yet"), "")
    template_name: ClassVar[str] = "web/list.html"
    is_live: ClassVar[bool] = False
    """Whether the list is fetched anew when the person is told of something."""
    region: ClassVar[str] = "web/list.html#list"

    @final
    def get_queryset(self) -> QuerySet[Any]:
        """The rows in sight. Final: a list narrows by filters, never by a scope of its own."""
        return self.model.objects.visible_to(self.actor, self.capability)  # type: ignore[attr-defined]

    def with_related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Fetch along what the table shows, so that the number of queries does not grow with the rows."""
        return rows

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The part of the rows that this page is about; everything in sight unless it says otherwise."""
        return rows

    def extra_context(self) -> Mapping[str, Any]:
        """What a list's own template needs besides."""
        return {}

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise Invalid(_("Null characters are not allowed."))
        filters = self.filterset_class(
            request.GET, queryset=self.narrowed(self.get_queryset()), request=request
        )
        # A filter set with an error in it would show everything: what was asked for is not known, so nothing.
        rows = filters.qs if filters.is_valid() else self.get_queryset().none()
        kind = request.GET.get("export", "")
        if kind in CONTENT_TYPES:
            if not filters.is_valid():
                raise Invalid(" ".join(filters.complaints()))
            return self._file(kind, rows)
        context = self._context(filters, rows)
        wants_region = request.htmx and request.htmx.target == "list"
        response = render(request, self.region if wants_region else self.template_name, context)
        response["Vary"] = "HX-Request, HX-Target, Cookie"
        return response

    def _context(self, filters: PageFilterSet, rows: QuerySet[Any]) -> dict[str, Any]:
        query = self.request.GET
        found = self._page(rows)
        total = self._total(rows, found)
        hidden = () if not self.quick else (self.quick,)
        table = self.table_class(found.rows, **self._columns(), request=self.request)
        chips = filters.chips(query, leave_out=hidden)
        return {
            "view": self,
            "title": self.title,
            "table": table,
            "filters": filters,
            "complaints": filters.complaints(),
            "chips": chips,
            "quick": self._quick(filters),
            "is_filtered": bool(chips)
            or not filters.is_valid()
            or bool(self.quick and query.get(self.quick)),
            "total": total,
            "total_words": counted(total, COUNT_CAP),
            "is_capped": total > COUNT_CAP,
            "page": found,
            "pager": self._pager(found),
            "orders": [(key, order.label, key == self._order()[0]) for key, order in self.orders.items()],
            "per_page": [(size, changed(query, {"per": size}), size == self._limit()) for size in PER_PAGE],
            "columns": self._column_choices(table),
            "exports": [(kind.upper(), changed(query, {}) + f"&export={kind}") for kind in CONTENT_TYPES],
            "can_export": total <= MOST_ROWS,
            "clear": changed(query, dict.fromkeys([*filters.filters, *hidden])),
            **self.extra_context(),
        }

    def _page(self, rows: QuerySet[Any]) -> Page:
        rows = self.with_related(rows)
        order = self._order()[1].columns
        try:
            return page(rows, order=order, cursor=self.request.GET.get("cursor"), limit=self._limit())
        except Invalid:
            return page(rows, order=order, limit=self._limit())

    def _total(self, rows: QuerySet[Any], found: Page) -> int:
        """Counted only when the page is not all there is."""
        if found.next_cursor is None and found.previous_cursor is None:
            return len(found.rows)
        return capped_count(rows)

    def _order(self) -> tuple[str, Order]:
        chosen = self.request.GET.get("order", "")
        return (chosen, self.orders[chosen]) if chosen in self.orders else next(iter(self.orders.items()))

    def _limit(self) -> int:
        chosen = self.request.GET.get("per", "")
        return int(chosen) if chosen.isdecimal() and int(chosen) in PER_PAGE else PER_PAGE[0]

    def _pager(self, found: Page) -> dict[str, str]:
        query = self.request.GET
        steps = {"older": found.next_cursor, "newer": found.previous_cursor}
        return {name: _at(query, cursor) for name, cursor in steps.items() if cursor}

    def _columns(self) -> dict[str, Any]:
        known = list(self.table_class.base_columns)
        chosen = [name for name in self.request.GET.getlist("columns") if name in known]
        if not chosen:
            return {}
        return {"exclude": [name for name in known[1:] if name not in chosen]}

    def _column_choices(self, table: ScopedTable) -> list[tuple[str, Any, bool]]:
        shown = set(table.columns.names())
        return [
            (name, column.verbose_name or name, name in shown)
            for name, column in list(self.table_class.base_columns.items())[1:]
        ]

    def _quick(self, filters: PageFilterSet) -> list[tuple[str, str, bool]]:
        """(label, address, is it on) of each button above the table."""
        if not self.quick:
            return []
        query = self.request.GET
        now = query.get(self.quick, "")
        choices = [
            (str(value), str(label))
            for value, label in filters.form.fields[self.quick].choices
            if value and (not self.quick_values or str(value) in self.quick_values)
        ]
        return [
            (label, changed(query, {self.quick: value or None}), value == now)
            for value, label in [("", _("All")), *choices]
        ]

    def _file(self, kind: str, rows: QuerySet[Any]) -> HttpResponse:
        """The whole view as a file. Too many rows are refused: a file of the first few would be a lie."""
        ordered = self.with_related(rows).order_by(*self._order()[1].columns)
        found = list(ordered[: MOST_ROWS + 1])
        if len(found) > MOST_ROWS:
            raise Invalid(
                _("A file holds at most {rows} rows. Narrow the filters.").format(
                    rows=counted(MOST_ROWS, MOST_ROWS)
                )
            )
        table = self.table_class(found, **self._columns(), request=self.request)
        header, *cells = table.as_values()
        return file_response(kind, self.file_name, header, cells)


def _at(query: Any, cursor: str) -> str:
    copy = query.copy()
    copy["cursor"] = cursor
    return f"?{copy.urlencode()}"
