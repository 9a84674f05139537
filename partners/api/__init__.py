"""The API's endpoints for partners, territories, product lines, and for who is asking."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.views import PortalView, ScopedViewSet
from dnm.scoping.capabilities import all_capabilities
from partners.domain.holdings import live_holdings
from partners.domain.moves import move_partner
from partners.domain.partners import change_partner_state, create_partner, update_partner
from partners.domain.people import partner_of
from partners.filters import PartnerFilters, TerritoryFilters
from partners.models import Partner, PartnerHolding, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.serializers import (
    MeSerializer,
    PartnerCreateSerializer,
    PartnerFactsSerializer,
    PartnerSerializer,
    PartnerStepSerializer,
    ProductLineSerializer,
    TerritorySerializer,
)
from partners.serializers.organisation import MoveOrderSerializer, MoveSerializer


class ProductLineViewSet(ScopedViewSet):
    """The families of products that this network sells."""

    model = ProductLine
    capability = PartnerCapability.VIEW
    serializer_class = ProductLineSerializer
    sorts = {"code": ("code", "id")}


class TerritoryViewSet(ScopedViewSet):
    """The geography of the network: shared knowledge, the same for every member."""

    model = Territory
    capability = PartnerCapability.VIEW_TERRITORY
    serializer_class = TerritorySerializer
    filterset_class = TerritoryFilters
    sorts = {"code": ("code", "id"), "name": ("name", "id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("parent")


class PartnerViewSet(ScopedViewSet):
    """The organisations that the reader may see: its own and those below, or those of its territories."""

    model = Partner
    capability = PartnerCapability.VIEW
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilters
    sorts = {"name": ("trade_name", "id")}

    def with_related(self, rows: Any) -> Any:
        parents = Partner.objects.visible_to(self.actor, PartnerCapability.VIEW)
        return rows.select_related("territory").prefetch_related(Prefetch("parent", queryset=parents))

    def get_serializer_context(self) -> dict[str, Any]:
        lines = ProductLine.objects.visible_to(self.actor, PartnerCapability.VIEW)
        return {
            **super().get_serializer_context(),
            "line_codes": dict(lines.order_by("code").values_list("pk", "code")),
        }

    @extend_schema(request=PartnerCreateSerializer, responses={201: PartnerSerializer})
    def create(self, request: Request) -> Response:
        """Enter a partner below another one."""
        values = self.body(PartnerCreateSerializer)
        partner = create_partner(**values, actor=self.actor, at=timezone.now())
        return self.shown(partner, status=HTTPStatus.CREATED)

    @extend_schema(request=PartnerFactsSerializer(partial=True))
    def partial_update(self, request: Request, id: str) -> Response:
        """Change facts of a partner; what is not named stays as it is."""
        partner = self.get_object()
        values = self.body(PartnerFactsSerializer, partial=True)
        return self.shown(
            update_partner(partner=partner, changes=values, actor=self.actor, at=timezone.now())
        )

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"], url_path="begin-onboarding")
    def begin_onboarding(self, request: Request, id: str) -> Response:
        """The prospect begins its onboarding."""
        return self._step("begin_onboarding")

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"], url_path="go-live")
    def go_live(self, request: Request, id: str) -> Response:
        """The partner begins to trade."""
        return self._step("go_live")

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, id: str) -> Response:
        """No new leads and orders until it is resumed; needs a reason."""
        return self._step("suspend")

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, id: str) -> Response:
        """Lift the suspension."""
        return self._step("resume")

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"], url_path="begin-exit")
    def begin_exit(self, request: Request, id: str) -> Response:
        """The partner leaves the network; open work runs off. Needs a reason."""
        return self._step("begin_exit")

    @extend_schema(request=PartnerStepSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """The partner has left. Needs a reason."""
        return self._step("close")

    @extend_schema(request=MoveOrderSerializer, responses=MoveSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:
        """Let the partner, and everything below it, buy from another one: at once or from a later day."""
        partner = self.get_object()
        values = self.body(MoveOrderSerializer)
        move = move_partner(partner=partner, **values, actor=self.actor, at=timezone.now())
        self.subject = partner.uid
        return Response(MoveSerializer(move).data)

    def _step(self, name: str) -> Response:
        partner = self.get_object()
        reason = self.body(PartnerStepSerializer)["reason"]
        now = timezone.now()
        return self.shown(
            change_partner_state(partner=partner, transition=name, reason=reason, actor=self.actor, at=now)
        )


class MeView(PortalView):
    """Who is asking, as the portal knows it."""

    @extend_schema(responses=MeSerializer, operation_id="me")
    def get(self, request: Request) -> Response:
        """The person, the network of this host, the roles held here and what they allow."""
        membership = self.actor.membership
        assert membership is not None  # noqa: S101
        roles = self.actor.roles
        holdings = live_holdings(membership=membership, at=timezone.now())
        lines = dict(
            ProductLine.objects.visible_to(self.actor, PartnerCapability.VIEW).values_list("pk", "code")
        )
        shown = {
            "user": membership.user,
            "network": membership.network,
            "membership": membership.uid,
            "partner": partner_of(membership),
            "roles": [_role(holding, lines) for holding in holdings],
            "capabilities": [name for name, holders in all_capabilities().items() if holders & roles],
        }
        return Response(MeSerializer(shown).data)


def _role(holding: Any, lines: dict[int, str]) -> dict[str, Any]:
    node = holding.content_object
    node.tree = "partner" if isinstance(holding, PartnerHolding) else "territory"
    ids = holding.product_line_ids
    return {
        "role": holding.role,
        "node": node,
        "within": holding.within_territory,
        "product_lines": None if ids is None else [lines[pk] for pk in ids if pk in lines],
        "valid_to": holding.valid_to,
    }
