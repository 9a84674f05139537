"""What the API shows and takes of invitations. The link's secret is in the mail and nowhere else."""

from rest_framework import serializers

from dnm.api.serializers import CodeField, RefField, RefSerializer, StrictSerializer
from partners.models import Invitation, InvitationState, Partner, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.roles import Role

ROLES = [(str(role), str(role)) for role in Role]


class InvitationSerializer(serializers.Serializer[Invitation]):
    """A person who was asked to join. `at_territory` is where a role of the brand owner's people is held."""

    id = serializers.UUIDField(source="uid")
    email = serializers.EmailField()
    name = serializers.CharField()
    title = serializers.CharField()
    partner = RefSerializer()
    role = serializers.ChoiceField(ROLES)
    at_territory = RefSerializer(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(InvitationState.choices)
    invited_by = serializers.CharField(source="inviter_name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)


class InviteSerializer(StrictSerializer):
    """Whom to invite, where, and with which first role."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150)
    title = serializers.CharField(max_length=120, allow_blank=True, required=False)
    partner = RefField(Partner, PartnerCapability.VIEW_PEOPLE)
    role = serializers.ChoiceField(ROLES)
    at_territory = RefField(
        Territory, PartnerCapability.VIEW_TERRITORY, required=False, allow_null=True, default=None
    )
    product_lines = serializers.ListField(
        child=CodeField(ProductLine, PartnerCapability.VIEW), max_length=100, required=False
    )
    valid_to = serializers.DateField(required=False, allow_null=True, default=None)
