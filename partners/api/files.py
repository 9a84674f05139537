"""The API's endpoint for files."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.multipart import StrictMultiPartParser
from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.files import add_file, remove_file
from partners.filters.files import FileFilters
from partners.models import StoredFile
from partners.permissions.files import FileCapability
from partners.serializers.files import FileSerializer, NewFileSerializer


class FileViewSet(ScopedViewSet):
    """Files of the records that the reader may see. Contents come by the link of each, as a download."""

    model = StoredFile
    capability = FileCapability.VIEW
    serializer_class = FileSerializer
    filterset_class = FileFilters
    parser_classes = [StrictMultiPartParser]
    sorts = {"newest": ("-created_at", "-id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("subject_type", "partner", "uploaded_by__user")

    @extend_schema(request={"multipart/form-data": NewFileSerializer}, responses={201: FileSerializer})
    def create(self, request: Request) -> Response:
        """Lay a file down with a partner: PDF, JPEG, PNG or WebP, told by content, at most 10 MB."""
        values = self.body(NewFileSerializer)
        file = add_file(**values, actor=self.actor, at=timezone.now())
        return self.shown(file, status=HTTPStatus.CREATED)

    @extend_schema(request=NothingSerializer, responses={204: None})
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
    def remove(self, request: Request, id: str) -> Response:
        """Take a file of a partner away."""
        self.body(NothingSerializer)
        remove_file(file=self.get_object(), actor=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)
