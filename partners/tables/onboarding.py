"""The table of applications."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.web.formats import percent
from dnm.web.tables import LinkColumn, MaskedColumn, MomentColumn, ScopedTable, StateColumn


class ApplicationTable(ScopedTable):
    """Applications in sight."""

    organisation = LinkColumn(verbose_name=_("Organisation"))
    kind = tables.Column(verbose_name=_("Applies as"))
    contact_name = MaskedColumn(verbose_name=_("Contact"))
    territory = tables.Column(verbose_name=_("Territory"))
    place = tables.Column(verbose_name=_("Place"))
    score = tables.Column(verbose_name=_("Score"), attrs={"td": {"class": "num"}})
    state = StateColumn(verbose_name=_("State"))
    state_changed_at = MomentColumn(verbose_name=_("Since"))
    created_at = MomentColumn(verbose_name=_("Came in"))

    phone = ("organisation", "kind", "state", "state_changed_at")

    def render_kind(self, record: Any) -> str:
        return str(record.get_kind_display())

    def render_score(self, value: int) -> str:
        return percent(value / 100)

    def value_score(self, value: int) -> int:
        return value
