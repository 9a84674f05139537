"""The table of change requests. It shows nothing of a bank account."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import LinkColumn, MomentColumn, ScopedTable, StateColumn


class ChangeTable(ScopedTable):
    """Change requests in sight."""

    kind = LinkColumn(verbose_name=_("What"))
    partner = tables.Column(verbose_name=_("Partner"))
    reason = tables.Column(verbose_name=_("Why"))
    state = StateColumn(verbose_name=_("State"))
    created_at = MomentColumn(verbose_name=_("Asked"))
    effective_at = MomentColumn(verbose_name=_("Takes effect"))

    phone = ("kind", "partner", "state", "created_at")

    def render_kind(self, record: Any, bound_column: Any) -> Any:
        return bound_column.column.__class__.render(bound_column.column, record.get_kind_display(), record)

    def value_kind(self, record: Any) -> str:
        return str(record.get_kind_display())
