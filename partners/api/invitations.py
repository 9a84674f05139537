"""The API's endpoints for invitations: the same verbs as the pages."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.serializers import NothingSerializer
from dnm.api.views import ScopedViewSet
from partners.domain.invitations import invite_person, revoke_invitation, send_again
from partners.filters.invitations import InvitationFilters
from partners.models import Invitation
from partners.permissions import PartnerCapability
from partners.roles import Role
from partners.serializers.invitations import InvitationSerializer, InviteSerializer


class InvitationViewSet(ScopedViewSet):
    """Invitations to the partners into whose people the reader may look."""

    model = Invitation
    capability = PartnerCapability.VIEW_PEOPLE
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters
    sorts = {"newest": ("-created_at", "-id")}

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "at_territory")

    @extend_schema(request=InviteSerializer, responses={201: InvitationSerializer})
    def create(self, request: Request) -> Response:
        """Ask a person to join a partner. The answer is the same whether the address has a login or not."""
        values = dict(self.body(InviteSerializer))
        lines = values.pop("product_lines", [])
        values["product_line_ids"] = [line.pk for line in lines] or None
        values["role"] = Role(values["role"])
        invitation = invite_person(**values, actor=self.actor, at=timezone.now())
        return self.shown(invitation, status=HTTPStatus.CREATED)

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"], url_path="send-again")
    def send_again(self, request: Request, id: str) -> Response:
        """Another mail with another link; the former link stops working."""
        self.body()
        return self.shown(send_again(invitation=self.get_object(), actor=self.actor, at=timezone.now()))

    @extend_schema(request=NothingSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, id: str) -> Response:
        """Take the invitation back: its link is dead at once."""
        self.body()
        return self.shown(
            revoke_invitation(invitation=self.get_object(), actor=self.actor, at=timezone.now())
        )
