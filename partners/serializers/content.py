"""What the API shows and takes of publications: form only, no meaning."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import StrictSerializer
from dnm.workflow.flows import available
from partners.models import Publication, PublicationVersion
from partners.serializers.files import FileSerializer
from partners.states.content import PublicationKind, PublicationState


class PublicationSerializer(serializers.Serializer[Publication]):
    """Something that the network or a distributor, `published_by`, tells those below it.

    `version` is 0 for a draft; `is_unread` says that the one who asks is among its readers and has not
    acknowledged it.
    """

    id = serializers.UUIDField(source="uid")
    kind = serializers.ChoiceField(PublicationKind.choices)
    title = serializers.CharField()
    published_by = serializers.CharField(source="partner")
    state = serializers.ChoiceField(PublicationState.choices)
    version = serializers.IntegerField(source="number")
    date = serializers.DateTimeField(source="dated_at")
    is_mandatory = serializers.BooleanField()
    is_unread = serializers.BooleanField()
    actions = serializers.SerializerMethodField()

    def get_actions(self, row: Publication) -> list[str]:
        return [one.transition.name for one in available(row, self.context["actor"]) if not one.why_not]


class VersionSerializer(serializers.Serializer[PublicationVersion]):
    """What a publication says in one version, with its file."""

    version = serializers.IntegerField(source="number")
    body = serializers.CharField()
    what_changed = serializers.CharField()
    is_anew = serializers.BooleanField()
    published_at = serializers.DateTimeField(allow_null=True)
    file = FileSerializer(allow_null=True)


class AcknowledgeSerializer(StrictSerializer):
    """The version that was read; without it, the present one."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=32_767)


class WithdrawSerializer(StrictSerializer):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=250)


class VersionsSerializer(serializers.Serializer[Any]):
    """All versions that the one who asks may read, the newest first."""

    versions = VersionSerializer(many=True)
