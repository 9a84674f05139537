"""Filters of comments."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from partners.models import Comment
from partners.models.comments import commentables


class CommentFilters(django_filters.FilterSet):
    """What a list of comments may be narrowed by: one record, by its id."""

    record = django_filters.UUIDFilter(method="on", label=_("Record"))
    is_internal = django_filters.BooleanFilter(label=_("Internal"))

    class Meta:
        model = Comment
        fields: list[str] = []

    def on(self, rows: Any, name: str, value: Any) -> Any:
        """Comments on the record with this id among those that the actor may see."""
        for kind in commentables():
            model: Any = kind.model
            found = model.objects.visible_to(self.request.actor, kind.view).filter(uid=value).first()
            if found is not None:
                return rows.about(found).order_by()
        return rows.none()
