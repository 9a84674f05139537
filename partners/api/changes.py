"""The API's endpoint for change requests: the same verbs as the pages."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.changes.requests import (
    approve_change,
    reject_change,
    request_change,
    submit_change,
    withdraw_change,
)
from partners.filters.changes import ChangeFilters
from partners.models import ChangeRequest
from partners.permissions.changes import ChangeCapability
from partners.serializers.changes import (
    ApproveSerializer,
    ChangeCreateSerializer,
    ChangeRequestSerializer,
    ChangeWhySerializer,
)

OWN = ("partner", "kind", "reason", "wanted_on")


class ChangeRequestViewSet(ScopedViewSet):
    """Changes of partners that one person asks for and another decides."""

    model = ChangeRequest
    capability = ChangeCapability.VIEW
    has_duties = True
    serializer_class = ChangeRequestSerializer
    filterset_class = ChangeFilters

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "new_territory")

    @extend_schema(request=ChangeCreateSerializer, responses={201: ChangeRequestSerializer})
    def create(self, request: Request) -> Response:
        """Begin a request, as a draft."""
        body = self.body(ChangeCreateSerializer)
        own = {name: body.pop(name) for name in OWN if name in body}
        row = request_change(**own, values=body, actor=self.actor, at=timezone.now())
        return self.shown(row, status=HTTPStatus.CREATED)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Hand it over to those who decide."""
        row, _none = self.get_object(), self.body()
        return self.shown(submit_change(request=row, actor=self.actor, at=timezone.now()))

    @extend_schema(request=ApproveSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, id: str) -> Response:
        """Say yes, as another person than the one who asked."""
        row, values = self.get_object(), self.body(ApproveSerializer)
        return self.shown(approve_change(request=row, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=ChangeWhySerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, id: str) -> Response:
        """Say no, or stop an approved one before its day."""
        row, values = self.get_object(), self.body(ChangeWhySerializer)
        return self.shown(reject_change(request=row, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=ChangeWhySerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take it back, up to its day."""
        row, values = self.get_object(), self.body(ChangeWhySerializer)
        return self.shown(withdraw_change(request=row, **values, actor=self.actor, at=timezone.now()))
