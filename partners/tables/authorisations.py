"""The table of authorisations."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import LinkColumn, ScopedTable


class AuthorisationTable(ScopedTable):
    """Authorisations in sight."""

    partner = LinkColumn(verbose_name=_("Partner"))
    product_line = tables.Column(verbose_name=_("Product line"))
    activity = tables.Column(verbose_name=_("Activity"))
    territory = tables.Column(verbose_name=_("Territory"), empty_values=())
    is_exclusive = tables.Column(verbose_name=_("Exclusive"))
    valid_from = tables.Column(verbose_name=_("From"))
    valid_to = tables.Column(verbose_name=_("To"))

    phone = ("partner", "product_line", "activity", "territory")

    def render_activity(self, record: Any) -> str:
        return str(record.get_activity_display())

    def render_territory(self, record: Any) -> str:
        return str(record.territory or _plain("everywhere"))

    def value_territory(self, record: Any) -> str:
        return self.render_territory(record)

    def render_is_exclusive(self, value: bool) -> str:
        return _plain("yes") if value else _plain("no")
