"""The API's endpoints for leads and offers: the same verbs as the pages."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from dnm.scoping.authority import authorise
from leads.domain.intake import capture_lead
from leads.domain.offers import accept_offer, decline_offer, withdraw_offer
from leads.domain.routing import offer_by_hand, reject_lead, reroute_lead
from leads.domain.working import log_contact, lose_lead, qualify_lead, quote_lead, recycle_lead, win_lead
from leads.filters import LeadFilters, OfferFilters
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from leads.serializers import (
    ContactSerializer,
    DeclineSerializer,
    LeadCreateSerializer,
    LeadSerializer,
    LoseSerializer,
    NeededReasonSerializer,
    OfferByHandSerializer,
    OfferSerializer,
    WinSerializer,
)
from leads.states import LIVE_OFFERS

ENQUIRY = OpenApiExample(
    "An enquiry",
    request_only=True,
    value={
        "name": "Asha Verma",
        "phone": "098100 12345",
        "email": "asha@example.org",
        "postal_code": "110001",
        "message": "Three rooms, before the summer.",
        "product_line": "cooling",
        "consent": True,
        "source": "website",
    },
)


class LeadViewSet(ScopedViewSet):
    """Leads that the reader may see. A partner sees a lead from the moment it has accepted it."""

    model = Lead
    capability = LeadCapability.VIEW
    serializer_class = LeadSerializer
    filterset_class = LeadFilters

    def with_related(self, rows: Any) -> Any:
        live = Offer.objects.visible_to(self.actor, OfferCapability.VIEW).filter(state__in=LIVE_OFFERS)
        offers = Prefetch("offers", queryset=live.select_related("partner"), to_attr="live_offers")
        return rows.select_related("partner", "territory", "product_line").prefetch_related(offers)

    @extend_schema(
        request=LeadCreateSerializer,
        responses={201: LeadSerializer, 200: LeadSerializer, 204: None},
        examples=[ENQUIRY],
    )
    def create(self, request: Request) -> Response:
        """Take a prospect's need in. It is safe when this answers; a worker routes it from there.

        200 with the lead that is there already when `source` and `external_id` came in before; 204 when the
        lead lies outside of what the sender may see.
        """
        values = self.body(LeadCreateSerializer)
        now = timezone.now()
        lead = capture_lead(**values, network=request.network, actor=self.actor, at=now)  # type: ignore[attr-defined]
        return self.shown(lead, status=HTTPStatus.CREATED if lead.created_at == now else HTTPStatus.OK)

    @extend_schema(request=ContactSerializer)
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, id: str) -> Response:
        """Log the first contact."""
        lead, values = self.get_object(), self.body(ContactSerializer)
        return self.shown(log_contact(lead=lead, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def qualify(self, request: Request, id: str) -> Response:
        """The need, the budget and the time are real."""
        lead, _none = self.get_object(), self.body()
        return self.shown(qualify_lead(lead=lead, actor=self.actor, at=timezone.now()))

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def quote(self, request: Request, id: str) -> Response:
        """The customer has a quote."""
        lead, _none = self.get_object(), self.body()
        return self.shown(quote_lead(lead=lead, actor=self.actor, at=timezone.now()))

    @extend_schema(request=WinSerializer)
    @action(detail=True, methods=["post"])
    def win(self, request: Request, id: str) -> Response:
        """Sold."""
        lead, values = self.get_object(), self.body(WinSerializer)
        return self.shown(win_lead(lead=lead, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=LoseSerializer)
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, id: str) -> Response:
        """Not sold, and why."""
        lead, values = self.get_object(), self.body(LoseSerializer)
        return self.shown(lose_lead(lead=lead, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=NeededReasonSerializer, responses={200: LeadSerializer, 204: None})
    @action(detail=True, methods=["post"])
    def recycle(self, request: Request, id: str) -> Response:
        """Give the lead back for routing. It leaves the sight of the partner that owned it: 204."""
        lead, values = self.get_object(), self.body(NeededReasonSerializer)
        return self.shown(recycle_lead(lead=lead, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=OfferByHandSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, id: str) -> Response:
        """Offer a queued lead to a partner of one's choice."""
        lead = self.get_object()
        authorise(self.actor, LeadCapability.MANAGE_DESK, lead)  # before telling which partners there are
        values = self.body(OfferByHandSerializer)
        offer_by_hand(lead=lead, **values, actor=self.actor, at=timezone.now())
        return self.shown(lead)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def reroute(self, request: Request, id: str) -> Response:
        """Send a queued lead through routing again."""
        lead, _none = self.get_object(), self.body()
        return self.shown(reroute_lead(lead=lead, actor=self.actor, at=timezone.now()))

    @extend_schema(request=NeededReasonSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, id: str) -> Response:
        """Find a queued lead invalid."""
        lead, values = self.get_object(), self.body(NeededReasonSerializer)
        return self.shown(reject_lead(lead=lead, **values, actor=self.actor, at=timezone.now()))


class OfferViewSet(ScopedViewSet):
    """Offers of leads to partners: each partner's own, and those of the partners in one's reach."""

    model = Offer
    capability = OfferCapability.VIEW
    serializer_class = OfferSerializer
    filterset_class = OfferFilters

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("lead", "partner", "territory", "product_line")

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, id: str) -> Response:
        """Take the lead. Its contact data are at /leads/ from now on."""
        offer, _none = self.get_object(), self.body()
        accept_offer(offer=offer, actor=self.actor, at=timezone.now())
        return self.shown(offer)

    @extend_schema(request=DeclineSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: str) -> Response:
        """Say no, and why; the lead goes on to the next."""
        offer, values = self.get_object(), self.body(DeclineSerializer)
        return self.shown(decline_offer(offer=offer, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=NeededReasonSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take an unanswered offer back; the lead is routed again."""
        offer, values = self.get_object(), self.body(NeededReasonSerializer)
        return self.shown(withdraw_offer(offer=offer, **values, actor=self.actor, at=timezone.now()))
