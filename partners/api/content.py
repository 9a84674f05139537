"""The API's endpoint for news, bulletins and the library."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.content.publishing import publish_publication, withdraw_publication
from partners.domain.content.reading import acknowledge_publication, versions_of
from partners.filters.content import PublicationFilters
from partners.models import Publication
from partners.permissions.content import ContentCapability
from partners.serializers.content import (
    AcknowledgeSerializer,
    PublicationSerializer,
    VersionsSerializer,
    WithdrawSerializer,
)


class PublicationViewSet(ScopedViewSet):
    """What is published for the one who asks, and what it manages itself."""

    model = Publication
    capability = ContentCapability.VIEW
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilters
    sorts = {"newest": ("-dated_at", "-id"), "oldest": ("dated_at", "id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner").noting_unread(self.actor)

    @extend_schema(responses=VersionsSerializer)
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, id: str) -> Response:
        """What it says, in all its versions, with links to the files."""
        found = {"versions": versions_of(self.get_object(), self.actor)}
        return Response(VersionsSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=AcknowledgeSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, id: str) -> Response:
        """The one who asks has read it."""
        row, values = self.get_object(), self.body(AcknowledgeSerializer)
        acknowledge_publication(publication=row, **values, actor=self.actor, at=timezone.now())
        return self.shown(row)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:
        """Let the readers of a draft have it."""
        row, _none = self.get_object(), self.body()
        return self.shown(publish_publication(publication=row, actor=self.actor, at=timezone.now()))

    @extend_schema(request=WithdrawSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take it back from its readers."""
        row, values = self.get_object(), self.body(WithdrawSerializer)
        return self.shown(
            withdraw_publication(publication=row, **values, actor=self.actor, at=timezone.now())
        )
