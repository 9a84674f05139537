"""The API's endpoint for comments."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.multipart import StrictMultiPartParser
from dnm.api.parsers import StrictJSONParser
from dnm.api.views import ScopedViewSet
from partners.domain.comments import attach, write_comment
from partners.filters.comments import CommentFilters
from partners.models import Comment
from partners.permissions.comments import CommentCapability
from partners.serializers.comments import CommentSerializer, NewCommentSerializer


class CommentViewSet(ScopedViewSet):
    """Comments on the records that the reader may see: shared ones, and internal ones for the network."""

    model = Comment
    capability = CommentCapability.VIEW
    serializer_class = CommentSerializer
    filterset_class = CommentFilters
    parser_classes = [StrictJSONParser, StrictMultiPartParser]
    sorts: ClassVar[Any] = {"newest": ("-created_at", "-id"), "oldest": ("created_at", "id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("subject_type")

    def paginate_queryset(self, queryset: Any) -> Any:
        rows = list(super().paginate_queryset(queryset) or [])
        attach(rows)
        return rows

    @extend_schema(
        request={"application/json": NewCommentSerializer, "multipart/form-data": NewCommentSerializer},
        responses={201: CommentSerializer},
    )
    def create(self, request: Request) -> Response:
        """Comment on a record. Contact data in the words are replaced by dots."""
        values = self.body(NewCommentSerializer)
        comment = write_comment(**values, actor=self.actor, at=timezone.now())
        return self.shown(comment, status=HTTPStatus.CREATED)
