"""What the API shows and takes of documents."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import CodedRefSerializer, RefSerializer, StrictSerializer
from dnm.scoping.authority import may
from dnm.scoping.masks import shown
from dnm.workflow.flows import available
from partners.models import Document
from partners.permissions.documents import DocumentCapability
from partners.states.documents import DocumentState, Gate


class DocumentTypeSerializer(CodedRefSerializer):
    """A kind of document that the network asks for. Empty `kinds` and `countries` mean all."""

    hint = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    gates = serializers.ListField(child=serializers.ChoiceField(Gate.choices))
    has_expiry = serializers.BooleanField()
    reminder_days = serializers.ListField(child=serializers.IntegerField())
    is_required = serializers.BooleanField()
    is_active = serializers.BooleanField()


class DocumentSerializer(serializers.Serializer[Document]):
    """A document of a partner. `covered_until` is the last day that a verified copy covers: null where there
    is none, 9999-12-31 for ever. `number` and `file` are null for who may only know that it is there.
    """

    id = serializers.UUIDField(source="uid")
    type = CodedRefSerializer()
    partner = RefSerializer()
    state = serializers.ChoiceField(DocumentState.choices)
    state_changed_at = serializers.DateTimeField()
    number = serializers.SerializerMethodField()
    issued_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    required_from = serializers.DateField()
    covered_until = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()
    blocks = serializers.ListField(child=serializers.ChoiceField(Gate.choices), source="type.gates")
    reason = serializers.CharField()
    file = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    def get_number(self, document: Document) -> str | None:
        return shown(self.context["actor"], document, "number")

    def get_file(self, document: Document) -> str | None:
        """The id of the newest copy's file."""
        seen = may(self.context["actor"], DocumentCapability.VIEW_CONTENT, document)
        return str(document.file.uid) if seen and document.file else None

    def get_actions(self, document: Document) -> list[str]:
        actor: Any = self.context["actor"]
        return [one.transition.name for one in available(document, actor) if not one.why_not]


class DocumentUploadSerializer(StrictSerializer):
    """A copy of a document, as multipart/form-data."""

    file = serializers.FileField(max_length=255, allow_empty_file=True)
    number = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    issued_on = serializers.DateField(required=False, allow_null=True, default=None)
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class DocumentVerifySerializer(StrictSerializer):
    """The last day, where the copy says another one than what was typed with it."""

    expires_on = serializers.DateField(required=False, allow_null=True, default=None)
