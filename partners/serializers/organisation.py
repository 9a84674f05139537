"""What the API shows and takes of the shape of the organisation."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import RefField, RefSerializer, StrictSerializer
from partners.models import Partner, PartnerMove
from partners.permissions import PartnerCapability


class MoveOrderSerializer(StrictSerializer):
    """Where the partner goes, with everything below it; `effective_on` later than today plans the move."""

    parent: Any = RefField(Partner, PartnerCapability.VIEW)
    reason = serializers.CharField(max_length=250)
    effective_on = serializers.DateField(required=False, allow_null=True)


class MoveSerializer(serializers.Serializer[PartnerMove]):
    """A move. Planned while `done_at` is null. While `rows_follow`, rows that hang on the moved partners are
    still rewritten; who sees them is the new organisation already.
    """

    id = serializers.UUIDField(source="uid")
    partner = RefSerializer()
    from_parent = RefSerializer(allow_null=True)
    to_parent = RefSerializer()
    effective_on = serializers.DateField()
    reason = serializers.CharField()
    ordered_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    rows_follow = serializers.SerializerMethodField()

    def get_rows_follow(self, move: PartnerMove) -> bool:
        return move.tree_move is not None and move.tree_move.closed_at is None
