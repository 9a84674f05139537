"""How the API shows the audit."""

from rest_framework import serializers


class ChangeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A field before and after, in words. "hidden" where the reader may not see it."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class EntrySerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that somebody did. `record` is empty when it is out of the reader's sight."""

    at = serializers.DateTimeField()
    kind = serializers.CharField()
    title = serializers.CharField()
    who = serializers.CharField()
    on_behalf_of = serializers.CharField(source="behalf", allow_blank=True)
    via = serializers.CharField()
    record_kind = serializers.CharField(allow_blank=True)
    record = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(source="detail", allow_blank=True)
    request_id = serializers.CharField(source="request", allow_blank=True)
    changes = ChangeSerializer(many=True)


class AuditPageSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A page of the audit, the newest first. There is no way back: begin anew for what came since."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EntrySerializer(many=True)
