"""What the API shows and takes of tiers: form only, no meaning."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dnm.api.serializers import RefField, RefSerializer, StrictSerializer
from partners.domain.tiers.queries import may_override
from partners.domain.tiers.telling import course, told
from partners.models import Tier, TierStanding
from partners.permissions.tiers import TierCapability
from partners.states.tiers import Match, Operator

COURSES = [("rising", "rising"), ("falling", "falling"), ("steady", "steady")]


class CriterionSerializer(serializers.Serializer[Any]):
    """A figure over the last days, held against a value; of a share in percent."""

    metric = serializers.CharField()
    operator = serializers.ChoiceField(Operator.choices)
    value = serializers.DecimalField(max_digits=16, decimal_places=2)
    window_days = serializers.IntegerField()


class BenefitSerializer(serializers.Serializer[Any]):
    """What a tier gives, by its name."""

    name = serializers.CharField(source="entitlement")
    value = serializers.DecimalField(max_digits=10, decimal_places=2)


class TierSerializer(serializers.Serializer[Tier]):
    """A tier of the ladder, 1 the lowest; `match` says whether all criteria must hold or any."""

    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    rank = serializers.IntegerField()
    kinds = serializers.ListField(child=serializers.CharField())
    match = serializers.ChoiceField(Match.choices)
    review_months = serializers.IntegerField()
    grace_days = serializers.IntegerField()
    criteria = CriterionSerializer(many=True)
    benefits = BenefitSerializer(many=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """A criterion as it stands: `actual` is null where there is too little for a rate."""

    metric = serializers.CharField()
    operator = serializers.ChoiceField(Operator.choices)
    value = serializers.CharField()
    days = serializers.IntegerField()
    actual = serializers.CharField(allow_null=True)
    is_met = serializers.BooleanField()


class HeadingSerializer(serializers.Serializer[Any]):
    """The next tier and what is missing to it."""

    tier = serializers.CharField()
    match = serializers.ChoiceField(Match.choices)
    lines = ProgressSerializer(many=True)


class StandingSerializer(serializers.Serializer[TierStanding]):
    """Where a partner stands. `tier` counts now; `earned` is what last night's figures would give; `told` is
    the projection in a sentence.
    """

    id = serializers.UUIDField(source="uid")
    partner = RefSerializer()
    tier = RefSerializer(source="now_held", allow_null=True)
    is_by_hand = serializers.SerializerMethodField()
    until = serializers.DateField(source="override_until", allow_null=True)
    reason = serializers.CharField(source="override_reason")
    earned = RefSerializer(allow_null=True)
    course = serializers.SerializerMethodField()
    told = serializers.SerializerMethodField()
    next = serializers.SerializerMethodField()
    is_in_grace = serializers.BooleanField()
    review_on = serializers.DateField()
    projected_at = serializers.DateTimeField(allow_null=True)
    actions = serializers.SerializerMethodField()

    def get_is_by_hand(self, standing: TierStanding) -> bool:
        return standing.override_tier_id is not None

    def get_course(self, standing: TierStanding) -> str:
        return course(standing)

    def get_told(self, standing: TierStanding) -> str:
        return told(standing, self.context["currency"])

    @extend_schema_field(HeadingSerializer(allow_null=True))
    def get_next(self, standing: TierStanding) -> Any:
        found = standing.projection.get("next")
        return HeadingSerializer(found).data if found else None

    def get_actions(self, standing: TierStanding) -> list[str]:
        if not may_override(standing, self.context["actor"]):
            return []
        return ["override", *(["end_override"] if standing.override_tier_id is not None else [])]


class OverrideSerializer(StrictSerializer):
    """Another tier than the earned one, up to and including a day, and why."""

    tier = RefField(Tier, TierCapability.VIEW_LADDER)
    until = serializers.DateField()
    reason = serializers.CharField(max_length=250)


class EndOverrideSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=250)
