"""What the API shows and takes of files."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from dnm.api.serializers import RefField, RefSerializer, StrictSerializer
from partners.domain.files import link_for
from partners.models import Partner, StoredFile
from partners.permissions.files import FileCapability


class FileSerializer(serializers.Serializer[StoredFile]):
    """A file: `about` is the kind of record it belongs to. `link` opens the content for the reader, for five
    minutes and without a session; whoever may not see the file any more gets nothing by it.
    """

    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    about = serializers.CharField(source="subject_type.model")
    partner = RefSerializer(allow_null=True)
    is_internal = serializers.BooleanField()
    uploaded_by = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    link = serializers.SerializerMethodField()

    def get_uploaded_by(self, file: StoredFile) -> str:
        return str(file.uploaded_by.user) if file.uploaded_by else ""

    def get_link(self, file: StoredFile) -> str:
        request: Any = self.context["request"]
        token = link_for(file, request.actor)
        return str(request.build_absolute_uri(f"{reverse('partners:file', args=[file.uid])}?link={token}"))


class NewFileSerializer(StrictSerializer):
    """A file to lay down with a partner, as multipart/form-data."""

    partner = RefField(Partner, FileCapability.VIEW)
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    is_internal = serializers.BooleanField(required=False, default=False)
