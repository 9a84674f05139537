"""Tables of partners, territories and people."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import LinkColumn, NumberColumn, ScopedTable, StateColumn


class PartnerTable(ScopedTable):
    """Partners in sight."""

    trade_name = LinkColumn(verbose_name=_("Partner"))
    code = tables.Column(verbose_name=_("Code"))
    kind = tables.Column(verbose_name=_("Kind"))
    territory = tables.Column(verbose_name=_("Territory"))
    postal_code = tables.Column(verbose_name=_("Postal code"))
    capacity = NumberColumn(verbose_name=_("Lead slots"))
    state = StateColumn(verbose_name=_("State"))

    phone = ("trade_name", "kind", "territory", "state")

    def render_kind(self, record: Any) -> str:
        return str(record.get_kind_display())


class TerritoryTable(ScopedTable):
    """The network's geography."""

    name = LinkColumn(verbose_name=_("Territory"))
    code = tables.Column(verbose_name=_("Code"))
    kind = tables.Column(verbose_name=_("Kind"))
    parent = tables.Column(verbose_name=_("Lies in"))

    phone = ("name", "kind", "parent", "code")


class PeopleTable(ScopedTable):
    """Members of the network whose partner the reader may look into."""

    user = LinkColumn(verbose_name=_("Name"))
    email = tables.Column(accessor="user__email", verbose_name=_("E-mail"))
    partner = tables.Column(empty_values=(), verbose_name=_("Partner"))
    title = tables.Column(verbose_name=_("Job title"))
    state = StateColumn(verbose_name=_("State"))

    phone = ("user", "partner", "email", "state")

    def render_partner(self, record: Any) -> str:
        return ", ".join(str(affiliation.partner) for affiliation in record.affiliations.all())

    def value_partner(self, record: Any) -> str:
        return self.render_partner(record)
