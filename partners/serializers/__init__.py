"""What the API shows and takes of partners, territories and product lines: form only, no meaning."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import CodedRefSerializer, CodeField, RefField, RefSerializer, StrictSerializer
from dnm.workflow.flows import available
from partners.models import Partner, PartnerKind, ProductLine, Territory
from partners.permissions import PartnerCapability
from partners.roles import Role
from partners.states import PARTNER_FLOW, PartnerState

MOST_LEADS = 1_000_000
BELOW_THE_ROOT = [choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER]


class ProductLineSerializer(serializers.Serializer[ProductLine]):
    """A family of products; `code` is what other bodies name it by."""

    id = serializers.UUIDField(source="uid")
    code = serializers.CharField()
    name = serializers.CharField()


class TerritorySerializer(CodedRefSerializer):
    """A node of the geography; `level` is 1 at the root, coordinates are degrees (WGS 84)."""

    kind = serializers.CharField()
    parent = CodedRefSerializer(allow_null=True)
    level = serializers.IntegerField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)


class PartnerSerializer(serializers.Serializer[Partner]):
    """An organisation. `parent` is null where it is out of the reader's sight; `level` is 1 at the root.

    `actions` are the steps of its life that the reader may take now.
    """

    id = serializers.UUIDField(source="uid")
    code = serializers.CharField()
    trade_name = serializers.CharField()
    legal_name = serializers.CharField()
    kind = serializers.ChoiceField(PartnerKind.choices)
    state = serializers.ChoiceField(PartnerState.choices)
    parent = RefSerializer(allow_null=True)
    level = serializers.IntegerField()
    territory = CodedRefSerializer()
    product_lines = serializers.SerializerMethodField()
    postal_code = serializers.CharField()
    address = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    capacity = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    actions = serializers.SerializerMethodField()

    def get_product_lines(self, partner: Partner) -> list[str]:
        codes: dict[int, str] = self.context["line_codes"]
        return sorted(codes[pk] for pk in partner.product_line_ids if pk in codes)

    def get_actions(self, partner: Partner) -> list[str]:
        return [
            found.transition.name for found in available(partner, self.context["actor"]) if not found.why_not
        ]


class PartnerFactsSerializer(StrictSerializer):
    """Facts of a partner that may be changed."""

    trade_name = serializers.CharField(max_length=150)
    legal_name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    kind = serializers.ChoiceField(
        [choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER]
    )
    territory = RefField(Territory, PartnerCapability.VIEW_TERRITORY)
    product_lines = serializers.ListField(
        child=CodeField(ProductLine, PartnerCapability.VIEW), max_length=100, required=False
    )
    postal_code = serializers.CharField(max_length=12, allow_blank=True, required=False)
    address = serializers.CharField(max_length=250, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=20, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    latitude = serializers.FloatField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, allow_null=True, required=False)
    capacity = serializers.IntegerField(min_value=0, max_value=MOST_LEADS, allow_null=True, required=False)


class PartnerCreateSerializer(PartnerFactsSerializer):
    """A new partner below `parent`."""

    code = serializers.CharField(max_length=40)
    parent = RefField(Partner, PartnerCapability.VIEW)  # type: ignore[assignment]
    state = serializers.ChoiceField(
        [choice for choice in PartnerState.choices if choice[0] in PARTNER_FLOW.initial], required=False
    )


class PartnerStepSerializer(StrictSerializer):
    """A step of a partner's life; some need a reason."""

    reason = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class MyUserSerializer(serializers.Serializer[Any]):
    """The person."""

    id = serializers.UUIDField(source="uid")
    email = serializers.EmailField()
    name = serializers.CharField()


class MyNetworkSerializer(serializers.Serializer[Any]):
    """The network of this host: its defaults for money (ISO 4217), time and formats."""

    id = serializers.UUIDField(source="uid")
    slug = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()
    locale = serializers.CharField()


class NodeSerializer(RefSerializer):
    """Where a role is held."""

    kind = serializers.ChoiceField([("partner", "partner"), ("territory", "territory")], source="tree")


class MyRoleSerializer(serializers.Serializer[Any]):
    """A role at a node, with what narrows it: a territory, product lines (null: all), the last day."""

    role = serializers.ChoiceField([(str(role), str(role)) for role in Role])
    node = NodeSerializer()
    within = RefSerializer(allow_null=True)
    product_lines = serializers.ListField(child=serializers.CharField(), allow_null=True)
    valid_to = serializers.DateField(allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """Who asks: person, network, membership, the partner on the card, roles and what they allow somewhere."""

    user = MyUserSerializer()
    network = MyNetworkSerializer()
    membership = serializers.UUIDField()
    partner = RefSerializer(allow_null=True)
    roles = MyRoleSerializer(many=True)
    capabilities = serializers.ListField(child=serializers.CharField())
