"""What the API shows and takes of authorisations."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import CodedRefSerializer, CodeField, RefField, RefSerializer, StrictSerializer
from partners.models import Activity, Authorisation, Partner, ProductLine, Territory
from partners.permissions import PartnerCapability


class AuthorisationSerializer(serializers.Serializer[Authorisation]):
    """What a partner may do for a line in a territory (null: everywhere), on which days, both included.

    `supplier` is from whom it buys the line, null for its parent and where the supplier is out of sight.
    """

    id = serializers.UUIDField(source="uid")
    partner = CodedRefSerializer()
    product_line = serializers.CharField(source="product_line.code")
    territory = CodedRefSerializer(allow_null=True)
    activity = serializers.ChoiceField(Activity.choices)
    is_exclusive = serializers.BooleanField()
    supplier = RefSerializer(allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class NewAuthorisationSerializer(StrictSerializer):
    """A new authorisation. Exclusive ones of two partners never overlap (409)."""

    partner: Any = RefField(Partner, PartnerCapability.VIEW)
    product_line: Any = CodeField(ProductLine, PartnerCapability.VIEW)
    territory: Any = RefField(Territory, PartnerCapability.VIEW_TERRITORY, required=False, allow_null=True)
    activity = serializers.ChoiceField(Activity.choices)
    is_exclusive = serializers.BooleanField(required=False, default=False)
    supplier: Any = RefField(Partner, PartnerCapability.VIEW, required=False, allow_null=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)


class EndSerializer(StrictSerializer):
    """The last day, today or later."""

    valid_to = serializers.DateField()
