"""What the API shows and takes of the settlement of an exit: form only, no meaning."""

from rest_framework import serializers

from dnm.api.serializers import RefSerializer, StrictSerializer
from dnm.workflow.flows import available
from partners.models import SettlementItem
from partners.states.exits import SettlementState


class SettlementItemSerializer(serializers.Serializer[SettlementItem]):
    """A line of the checklist of a partner that leaves. `line` is its key, `note` what the last step said."""

    id = serializers.UUIDField(source="uid")
    partner = RefSerializer()
    line = serializers.CharField(source="source")
    name = serializers.CharField(source="label")
    state = serializers.ChoiceField(SettlementState.choices)
    since = serializers.DateTimeField(source="state_changed_at")
    note = serializers.CharField()
    actions = serializers.SerializerMethodField()

    def get_actions(self, item: SettlementItem) -> list[str]:
        return [one.transition.name for one in available(item, self.context["actor"]) if not one.why_not]


class SettlementWordSerializer(StrictSerializer):
    """Why, or how."""

    reason = serializers.CharField(max_length=250)
