"""The API's endpoints for compliance documents and their kinds."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.multipart import StrictMultiPartParser
from dnm.api.serializers import ReasonSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.documents import reject_document, revoke_document, upload_document, verify_document
from partners.filters.documents import DocumentFilters
from partners.models import Document, DocumentType
from partners.permissions import PartnerCapability
from partners.permissions.documents import DocumentCapability
from partners.serializers.documents import (
    DocumentSerializer,
    DocumentTypeSerializer,
    DocumentUploadSerializer,
    DocumentVerifySerializer,
)


class DocumentTypeViewSet(ScopedViewSet):
    """The kinds of documents that this network asks for."""

    model = DocumentType
    capability = PartnerCapability.VIEW
    serializer_class = DocumentTypeSerializer
    sorts: ClassVar[Any] = {"code": ("code", "id")}


class DocumentViewSet(ScopedViewSet):
    """What partners owe and have brought, what is due first on top."""

    model = Document
    capability = DocumentCapability.VIEW
    has_duties = True
    serializer_class = DocumentSerializer
    filterset_class = DocumentFilters
    sorts: ClassVar[Any] = {"due": ("due_on", "id"), "due-down": ("-due_on", "-id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("type", "partner", "file")

    @extend_schema(request={"multipart/form-data": DocumentUploadSerializer})
    @action(detail=True, methods=["post"], parser_classes=[StrictMultiPartParser])
    def upload(self, request: Request, id: str) -> Response:
        """Bring a copy, or a newer one; it waits for a second person."""
        document = self.get_object()
        values = self.body(DocumentUploadSerializer)
        return self.shown(upload_document(document=document, **values, actor=self.actor, at=timezone.now()))

    @extend_schema(request=DocumentVerifySerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, id: str) -> Response:
        """Find the copy right. Never by the one who uploaded it."""
        document = self.get_object()
        last = self.body(DocumentVerifySerializer)["expires_on"]
        return self.shown(
            verify_document(document=document, expires_on=last, actor=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, id: str) -> Response:
        """Find the copy wrong. Needs a reason."""
        document = self.get_object()
        reason = self.body(ReasonSerializer)["reason"]
        return self.shown(
            reject_document(document=document, reason=reason, actor=self.actor, at=timezone.now())
        )

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: str) -> Response:
        """Take a verification back. Needs a reason; gates close at once."""
        document = self.get_object()
        reason = self.body(ReasonSerializer)["reason"]
        return self.shown(
            revoke_document(document=document, reason=reason, actor=self.actor, at=timezone.now())
        )
