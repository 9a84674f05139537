"""The API's endpoint for the settlement of exits: the same verbs as the page."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.exits import ask_waiver, refuse_waiver, reopen_line, settle_line, waive_line
from partners.filters.exits import SettlementFilters
from partners.models import SettlementItem
from partners.permissions.exits import ExitCapability
from partners.serializers.exits import SettlementItemSerializer, SettlementWordSerializer


class SettlementItemViewSet(ScopedViewSet):
    """What must be settled before partners that leave are closed."""

    model = SettlementItem
    capability = ExitCapability.VIEW
    has_duties = True
    serializer_class = SettlementItemSerializer
    filterset_class = SettlementFilters
    sorts = {"newest": ("-state_changed_at", "-id"), "oldest": ("state_changed_at", "id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "settlement")

    @extend_schema(request=SettlementWordSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, id: str) -> Response:
        """It is settled, and how."""
        row, values = self.get_object(), self.body(SettlementWordSerializer)
        return self.shown(settle_line(item=row, note=values["reason"], actor=self.actor, at=timezone.now()))

    @extend_schema(request=SettlementWordSerializer)
    @action(detail=True, methods=["post"], url_path="ask-waiver")
    def ask_waiver(self, request: Request, id: str) -> Response:
        """It shall not be settled: another person decides."""
        return self._why(ask_waiver)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, id: str) -> Response:
        """Waive it, as another person than the one who asked."""
        row, _none = self.get_object(), self.body()
        return self.shown(waive_line(item=row, actor=self.actor, at=timezone.now()))

    @extend_schema(request=SettlementWordSerializer)
    @action(detail=True, methods=["post"], url_path="refuse-waiver")
    def refuse_waiver(self, request: Request, id: str) -> Response:
        """It must be settled after all."""
        return self._why(refuse_waiver)

    @extend_schema(request=SettlementWordSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, id: str) -> Response:
        """It turned out not to be settled."""
        return self._why(reopen_line)

    def _why(self, verb: Any) -> Response:
        row, values = self.get_object(), self.body(SettlementWordSerializer)
        return self.shown(verb(item=row, **values, actor=self.actor, at=timezone.now()))
