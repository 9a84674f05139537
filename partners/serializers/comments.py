"""What the API shows and takes of comments."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from dnm.api.serializers import StrictSerializer
from partners.domain.comments import LONGEST, MOST_ATTACHED, attach
from partners.models import Comment
from partners.models.comments import commentable_named


class CommentSerializer(serializers.Serializer[Comment]):
    """A comment. `about` is the kind of record, `files` the ids of what was attached."""

    id = serializers.UUIDField(source="uid")
    about = serializers.CharField()
    text = serializers.CharField()
    is_internal = serializers.BooleanField()
    by_network = serializers.BooleanField(source="by_staff")
    author = serializers.CharField(source="author_name")
    created_at = serializers.DateTimeField()
    files = serializers.SerializerMethodField()

    def get_files(self, comment: Comment) -> list[str]:
        if not hasattr(comment, "attached"):
            attach([comment])
        return [str(file.uid) for file in comment.attached]  # type: ignore[attr-defined]


class NewCommentSerializer(StrictSerializer):
    """A comment on a record, named by kind (partner, lead, document) and id; with files as
    multipart/form-data.
    """

    about = serializers.CharField(max_length=20)
    record = serializers.UUIDField()
    text = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False, default="")
    is_internal = serializers.BooleanField(required=False, default=False)
    files = serializers.ListField(
        child=serializers.FileField(max_length=255, allow_empty_file=True),
        max_length=MOST_ATTACHED,
        required=False,
        default=list,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the record in place of its name. One out of sight is as unknown as one that is not there."""
        kind = commentable_named(attrs.pop("about"))
        actor = self.context["request"].actor
        rows: Any = kind.model if kind else None
        found = rows and rows.objects.visible_to(actor, kind.view).filter(uid=attrs["record"]).first()  # type: ignore[union-attr]
        if not found:
            raise serializers.ValidationError({"record": _("There is no such record.")})
        return {**attrs, "record": found}
