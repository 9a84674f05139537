"""What the API shows and takes of change requests: form only, no meaning."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import CodedRefSerializer, RefField, RefSerializer, StrictSerializer
from dnm.scoping.masks import hidden_fields
from partners.domain.changes.queries import verbs_for
from partners.models import ChangeRequest, Partner, Territory
from partners.models.changes import BANK_FIELDS
from partners.permissions import PartnerCapability
from partners.states.changes import ChangeKind, ChangeState


class ChangeRequestSerializer(serializers.Serializer[ChangeRequest]):
    """A change that takes two people. Of the values those of the kind are filled; the bank's are null for
    readers from whom they are hidden. `effective_at` is set by the approval.
    """

    id = serializers.UUIDField(source="uid")
    kind = serializers.ChoiceField(ChangeKind.choices)
    state = serializers.ChoiceField(ChangeState.choices)
    partner = RefSerializer()
    reason = serializers.CharField()
    wanted_on = serializers.DateField(allow_null=True)
    effective_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    holder = serializers.CharField(allow_null=True)
    bank_name = serializers.CharField(allow_null=True)
    account_number = serializers.CharField(allow_null=True)
    routing_code = serializers.CharField(allow_null=True)
    address = serializers.CharField()
    postal_code = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    legal_name = serializers.CharField()
    owner_name = serializers.CharField()
    new_territory = CodedRefSerializer(allow_null=True)
    actions = serializers.SerializerMethodField()

    def to_representation(self, instance: ChangeRequest) -> Any:
        shown = super().to_representation(instance)
        hidden = hidden_fields(self.context["actor"], instance)
        return {**shown, **{name: None for name in BANK_FIELDS if name in hidden}}

    def get_actions(self, request: ChangeRequest) -> list[str]:
        found = verbs_for(request, self.context["actor"])
        return [one.transition.name for one in found if not one.why_not]


class ChangeCreateSerializer(StrictSerializer):
    """A new request, as a draft. Only the values of its kind may be named."""

    partner = RefField(Partner, PartnerCapability.VIEW)
    kind = serializers.ChoiceField(ChangeKind.choices)
    reason = serializers.CharField(max_length=250)
    wanted_on = serializers.DateField(required=False, allow_null=True)
    holder = serializers.CharField(max_length=120, required=False)
    bank_name = serializers.CharField(max_length=120, required=False)
    account_number = serializers.CharField(max_length=42, required=False)
    routing_code = serializers.CharField(max_length=24, required=False)
    address = serializers.CharField(max_length=250, required=False)
    postal_code = serializers.CharField(max_length=12, required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)
    legal_name = serializers.CharField(max_length=200, required=False)
    owner_name = serializers.CharField(max_length=120, required=False)
    new_territory = RefField(Territory, PartnerCapability.VIEW_TERRITORY, required=False)


class ApproveSerializer(StrictSerializer):
    """Yes; a word on it if one likes."""

    reason = serializers.CharField(max_length=250, allow_blank=True, required=False, default="")


class ChangeWhySerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=250)
