"""The table of invitations."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import LinkColumn, MomentColumn, ScopedTable, StateColumn


class InvitationTable(ScopedTable):
    """Who was asked to join, by whom, and what became of it."""

    name = LinkColumn(verbose_name=_("Name"))
    email = tables.Column(verbose_name=_("E-mail"))
    partner = tables.Column(verbose_name=_("Partner"))
    role = tables.Column(verbose_name=_("Role"))
    inviter_name = tables.Column(verbose_name=_("Invited by"))
    created_at = MomentColumn(verbose_name=_("Invited"))
    expires_at = MomentColumn(verbose_name=_("Expires"))
    state = StateColumn(verbose_name=_("State"))

    phone = ("name", "partner", "role", "state")

    def render_role(self, record: Any) -> str:
        return str(record.get_role_display())
