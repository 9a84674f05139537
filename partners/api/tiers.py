"""The API's endpoints for tiers: the ladder, and where partners stand."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.views import ScopedViewSet
from partners.domain.tiers.reviewing import end_override, override_tier
from partners.filters.tiers import StandingFilters
from partners.models import Tier, TierStanding
from partners.permissions.tiers import TierCapability
from partners.serializers.tiers import (
    EndOverrideSerializer,
    OverrideSerializer,
    StandingSerializer,
    TierSerializer,
)


class TierViewSet(ScopedViewSet):
    """The network's ladder: what earns each tier and what it gives."""

    model = Tier
    capability = TierCapability.VIEW_LADDER
    serializer_class = TierSerializer
    sorts = {"rank": ("rank", "id"), "newest": ("-id",)}

    def with_related(self, rows: Any) -> Any:
        return rows.prefetch_related("criteria", "benefits")


class TierStandingViewSet(ScopedViewSet):
    """Where each partner stands, and where it is heading."""

    model = TierStanding
    capability = TierCapability.VIEW
    serializer_class = StandingSerializer
    filterset_class = StandingFilters
    sorts = {"newest": ("-since", "-id"), "oldest": ("since", "id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "tier", "earned", "override_tier")

    def get_serializer_context(self) -> dict[str, Any]:
        network: Any = getattr(self.request, "network", None)
        currency = network.currency if network else ""
        return {**super().get_serializer_context(), "currency": currency}

    @extend_schema(request=OverrideSerializer)
    @action(detail=True, methods=["post"])
    def override(self, request: Request, id: str) -> Response:
        """Let the partner have another tier than it has earned, for a time."""
        row, values = self.get_object(), self.body(OverrideSerializer)
        return self.shown(override_tier(standing=row, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=EndOverrideSerializer)
    @action(detail=True, methods=["post"], url_path="end-override")
    def end_override(self, request: Request, id: str) -> Response:
        """Back to the earned tier."""
        row, values = self.get_object(), self.body(EndOverrideSerializer)
        return self.shown(end_override(standing=row, **values, actor=self.actor, at=timezone.now()))
