"""The API's endpoints for authorisations."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.views import ScopedViewSet
from partners.domain.authorisations import authorise_partner, end_authorisation
from partners.filters.authorisations import AuthorisationFilters
from partners.models import Authorisation, Partner
from partners.permissions import PartnerCapability
from partners.serializers.authorisations import (
    AuthorisationSerializer,
    EndSerializer,
    NewAuthorisationSerializer,
)


class AuthorisationViewSet(ScopedViewSet):
    """What partners in sight may do, for which lines, where and when."""

    model = Authorisation
    capability = PartnerCapability.VIEW
    serializer_class = AuthorisationSerializer
    filterset_class = AuthorisationFilters
    sorts = {"newest": ("-valid_from", "-id"), "oldest": ("valid_from", "id")}

    def with_related(self, rows: Any) -> Any:
        suppliers = Partner.objects.visible_to(self.actor, PartnerCapability.VIEW)
        return rows.select_related("partner", "product_line", "territory").prefetch_related(
            Prefetch("supplier", queryset=suppliers)
        )

    @extend_schema(request=NewAuthorisationSerializer, responses={201: AuthorisationSerializer})
    def create(self, request: Request) -> Response:
        """Authorise a partner."""
        values = self.body(NewAuthorisationSerializer)
        row = authorise_partner(**values, actor=self.actor, at=timezone.now())
        return self.shown(row, status=HTTPStatus.CREATED)

    @extend_schema(request=EndSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:
        """Give the authorisation a last day."""
        row = self.get_object()
        values = self.body(EndSerializer)
        return self.shown(end_authorisation(authorisation=row, **values, actor=self.actor, at=timezone.now()))
