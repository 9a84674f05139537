"""The audit for programs: the same entries, filters and masks as on the page. It is only read."""

from collections.abc import Collection
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from dnm.api.problems import bad_parameters
from dnm.api.views import PortalView
from dnm.scoping.errors import Invalid
from partners.domain.audit import audit_page
from partners.domain.audit.reading import MOST
from partners.forms.audit import AuditForm
from partners.serializers.audit import AuditPageSerializer

FILTERS = {
    "kind": "An event's kind, or `app.model` for changes of its fields.",
    "since": "First day, in the network's time zone.",
    "until": "Last day, in the network's time zone.",
    "person": "A member's id or e-mail address.",
    "record": "The path of a record's page or endpoint.",
    "cursor": "Where the page begins; see `next`.",
}
DAYS = {"since", "until"}


class AuditApi(PortalView):
    """Who did what when, before and after."""

    http_method_names = ["get", "head"]
    asks_for_a_right: ClassVar[bool] = True

    @extend_schema(
        operation_id="audit_list",
        responses=AuditPageSerializer,
        parameters=[
            *(
                OpenApiParameter(
                    name,
                    {"type": "string", **({"format": "date"} if name in DAYS else {"maxLength": 300})},
                    description=words,
                )
                for name, words in FILTERS.items()
            ),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50},
                description="Most entries of a page.",
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        """Actions that the reader may audit, the newest first."""
        form = AuditForm(request.query_params, actor=self.actor)
        if not form.is_valid():
            raise bad_parameters({name: list(map(str, texts)) for name, texts in form.errors.items()})
        cursor = request.query_params.get("cursor")
        try:
            found = audit_page(
                actor=self.actor, asked=form.asked(), cursor=cursor, limit=self._limit(request)
            )
        except Invalid as error:
            raise bad_parameters({"cursor": [error.message]}) from error
        address = remove_query_param(request.build_absolute_uri(), "cursor")
        following = replace_query_param(address, "cursor", found.older) if found.older else None
        shown: dict[str, Any] = {"next": following, "previous": None, "results": found.entries}
        return Response(AuditPageSerializer(shown).data)

    def parameters(self) -> Collection[str]:
        return (*FILTERS, "limit")

    def _limit(self, request: Request) -> int:
        given = request.query_params.get("limit", "50")
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MOST):
            raise bad_parameters({"limit": [f"1-{MOST}"]})
        return int(given)
