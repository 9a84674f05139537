"""The API's endpoint for applications: the same verbs as the pages."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.accounts.models import Network
from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.onboarding.answering import score_of
from partners.domain.onboarding.applying import receive_application, update_application
from partners.domain.onboarding.checklist import reopen_item, tick_item, waive_item
from partners.domain.onboarding.deciding import (
    hold_application,
    move_on,
    reject_application,
    resume_application,
    withdraw_application,
)
from partners.domain.onboarding.going_live import take_live
from partners.domain.onboarding.links import issue_link, revoke_link
from partners.filters.onboarding import ApplicationFilters
from partners.models import Application, ChecklistItem, Partner, ProductLine
from partners.permissions import PartnerCapability
from partners.permissions.onboarding import OnboardingCapability
from partners.serializers.onboarding import (
    ApplicationCreateSerializer,
    ApplicationFactsSerializer,
    ApplicationSerializer,
    GoLiveSerializer,
    ItemStepSerializer,
    ItemWaiveSerializer,
    MoveSerializer,
    OutSerializer,
    ScoreSerializer,
    WhySerializer,
)


class ApplicationViewSet(ScopedViewSet):
    """Those who want to become partners, in the reader's territories. The network's staff only."""

    model = Application
    capability = OnboardingCapability.VIEW
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilters

    def with_related(self, rows: Any) -> Any:
        in_sight = Partner.objects.visible_to(self.actor, PartnerCapability.VIEW)
        seen = [Prefetch(name, queryset=in_sight) for name in ("parent", "partner")]
        return rows.select_related("territory", "track").prefetch_related("track__stages", "items", *seen)

    def get_serializer_context(self) -> dict[str, Any]:
        lines = ProductLine.objects.visible_to(self.actor, PartnerCapability.VIEW)
        codes = dict(lines.order_by("code").values_list("pk", "code"))
        return {**super().get_serializer_context(), "line_codes": codes}

    @extend_schema(request=ApplicationCreateSerializer, responses={201: ApplicationSerializer, 204: None})
    def create(self, request: Request) -> Response:
        """Take an application in, under the track in force. 204 when it lies out of the sender's sight."""
        values = self.body(ApplicationCreateSerializer)
        network: Network = request.network  # type: ignore[attr-defined]
        row = receive_application(
            **values, source="api", network=network, actor=self.actor, at=timezone.now()
        )
        return self.shown(row, status=HTTPStatus.CREATED)

    @extend_schema(
        request=ApplicationFactsSerializer(partial=True), responses={200: ApplicationSerializer, 204: None}
    )
    def partial_update(self, request: Request, id: str) -> Response:
        """Correct facts; what is not named stays as it is."""
        row, values = self.get_object(), self.body(ApplicationFactsSerializer, partial=True)
        return self.shown(
            update_application(application=row, changes=values, actor=self.actor, at=timezone.now())
        )

    @extend_schema(responses=ScoreSerializer)
    @action(detail=True, methods=["get"])
    def questionnaire(self, request: Request, id: str) -> Response:
        """The answers, and the weighted score with its parts."""
        return Response(ScoreSerializer(score_of(self.get_object())).data)

    @extend_schema(request=MoveSerializer)
    @action(detail=True, methods=["post"], url_path="move-on")
    def move_on(self, request: Request, id: str) -> Response:
        """Lead it on to the next stage of its track."""
        return self._verb(move_on, MoveSerializer)

    @extend_schema(request=OutSerializer)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, id: str) -> Response:
        """Put it aside."""
        return self._verb(hold_application, OutSerializer)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, id: str) -> Response:
        """Take it up again where it was put aside."""
        return self._verb(resume_application, NothingSerializer)

    @extend_schema(request=OutSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, id: str) -> Response:
        """Say no."""
        return self._verb(reject_application, OutSerializer)

    @extend_schema(request=WhySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """The applicant does not want to any more."""
        return self._verb(withdraw_application, WhySerializer)

    @extend_schema(request=GoLiveSerializer)
    @action(detail=True, methods=["post"], url_path="go-live")
    def go_live(self, request: Request, id: str) -> Response:
        """Make the partner, live, with the applicant as its owner."""
        return self._verb(take_live, GoLiveSerializer)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def link(self, request: Request, id: str) -> Response:
        """Send the applicant a new personal link; the earlier one ends."""
        return self._verb(issue_link, NothingSerializer)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: str) -> Response:
        """End the applicant's personal link."""
        return self._verb(revoke_link, NothingSerializer)

    @extend_schema(request=ItemStepSerializer)
    @action(detail=True, methods=["post"])
    def tick(self, request: Request, id: str) -> Response:
        """A line of the checklist is done."""
        return self._item(tick_item, ItemStepSerializer)

    @extend_schema(request=ItemWaiveSerializer)
    @action(detail=True, methods=["post"])
    def waive(self, request: Request, id: str) -> Response:
        """A line of the checklist is not needed here."""
        return self._item(waive_item, ItemWaiveSerializer)

    @extend_schema(request=ItemStepSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, id: str) -> Response:
        """A line of the checklist is open again."""
        return self._item(reopen_item, ItemStepSerializer)

    def _verb(self, verb: Any, serializer: Any) -> Response:
        row, values = self.get_object(), self.body(serializer)
        verb(application=row, **values, actor=self.actor, at=timezone.now())
        return self.shown(row)

    def _item(self, verb: Any, serializer: Any) -> Response:
        row, values = self.get_object(), self.body(serializer)
        item: ChecklistItem | None = row.items.filter(uid=values.pop("item")).first()
        if item is None:
            raise Http404
        verb(item=item, **values, actor=self.actor, at=timezone.now())
        return self.shown(row)
