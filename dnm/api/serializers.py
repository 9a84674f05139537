"""Serializers that refuse what they do not know, and the pieces that every app's serializers share."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class StrictSerializer(serializers.Serializer[Any]):
    """A body to write. Keys that no writable field takes are refused by name, at every level of nesting.

    It checks form only; what the values mean is for the verb to judge.
    """

    def to_internal_value(self, data: Any) -> Any:
        unknown: dict[str, Any] = {}
        if isinstance(data, Mapping):
            known = {field.field_name for field in self._writable_fields}
            unknown = {
                str(name): [serializers.ErrorDetail(str(_("Unknown field.")), code="unknown")]
                for name in data
                if name not in known
            }
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            if not unknown or not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **unknown}) from error
        if unknown:
            raise ValidationError(unknown)
        return values


class NothingSerializer(StrictSerializer):
    """The body of an action that needs no values: empty, or `{}`."""


class ReasonSerializer(StrictSerializer):
    """The body of an action that only asks why."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RefSerializer(serializers.Serializer[Any]):
    """Another row, by identity and name."""

    id = serializers.UUIDField(source="uid")
    name = serializers.SerializerMethodField()

    def get_name(self, row: Any) -> str:
        return str(row)


class CodedRefSerializer(RefSerializer):
    """Another row that has a code of its own."""

    code = serializers.CharField()


class RefField(serializers.UUIDField):
    """Another row, named in a body by its id. One out of sight is as unknown as one that is not there."""

    by = "uid"
    default_error_messages = {"unknown": _("There is no such record.")}

    def __init__(self, model: type[Model], capability: str, **kwargs: Any) -> None:
        self.rows: Any = model
        self.capability = capability
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return _found(self, super().to_internal_value(data))


class CodeField(serializers.CharField):
    """Another row, named in a body by its code."""

    by = "code"
    default_error_messages = {"unknown": _("There is no such record.")}

    def __init__(self, model: type[Model], capability: str, **kwargs: Any) -> None:
        self.rows: Any = model
        self.capability = capability
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return _found(self, super().to_internal_value(data))


def _found(field: Any, value: Any) -> Any:
    actor = field.context["request"].actor
    found = field.rows.objects.visible_to(actor, field.capability).filter(**{field.by: value}).first()
    if found is None:
        field.fail("unknown")
    return found


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457). `code` is stable; `detail` is a sentence for people, in their language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Name of a field, parameter or header → what is wrong with it.",
    )
