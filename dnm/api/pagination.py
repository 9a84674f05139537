"""Pages of a list: `{"next", "previous", "results"}`, by the one keyset pager that the portal has."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from dnm.api.problems import bad_parameters
from dnm.scoping.errors import Invalid
from dnm.scoping.pages import MAX_LIMIT, Page, page

Sorts = Mapping[str, tuple[str, ...]]
"""What `?order=` takes → the columns it stands for, ending in a unique one. The first is the default."""


class CursorPages(BasePagination):
    """`?cursor=` as given in `next` and `previous`, `?limit=` up to 200, `?order=` one of the view's `sorts`.

    Rows that come in between neither shift nor repeat what a client reads by following `next`.
    """

    default_limit = 25
    parameters = ("cursor", "limit", "order")

    page: Page
    address: str

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        asked = request.query_params
        limit = self._limit(asked.get("limit"))
        order = self._order(asked.get("order"), view.sorts)
        try:
            self.page = page(queryset, order=order, cursor=asked.get("cursor"), limit=limit)
        except Invalid as error:
            raise bad_parameters({"cursor": [error.message]}) from error
        return list(self.page.rows)

    def _limit(self, given: str | None) -> int:
        if given is None:
            return self.default_limit
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MAX_LIMIT):
            raise bad_parameters({"limit": [str(_("A number from 1 to {most}.").format(most=MAX_LIMIT))]})
        return int(given)

    def _order(self, given: str | None, sorts: Sorts) -> tuple[str, ...]:
        if given is None:
            return next(iter(sorts.values()))
        if given not in sorts:
            raise bad_parameters({"order": [str(_("One of {names}.").format(names=", ".join(sorts)))]})
        return sorts[given]

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.page.next_cursor),
                "previous": self._link(self.page.previous_cursor),
                "results": data,
            }
        )

    def _link(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(remove_query_param(self.address, "cursor"), "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("cursor", {"type": "string"}, "Where the page begins; see `next` and `previous`."),
            _parameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": self.default_limit},
                "Most rows of a page.",
            ),
            _parameter(
                "order",
                {"type": "string", "enum": list(view.sorts), "default": next(iter(view.sorts))},
                "The order of the rows; a cursor holds for the order it was made in.",
            ),
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def known_parameters(names: Sequence[str]) -> frozenset[str]:
    """The pager's own parameters and `names`."""
    return frozenset((*CursorPages.parameters, *names))
