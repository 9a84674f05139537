"""Tables of documents."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import DayColumn, LinkColumn, MaskedColumn, ScopedTable, StateColumn


class DocumentTable(ScopedTable):
    """Documents in sight, what is due first on top."""

    type = LinkColumn(verbose_name=_("Document"))
    partner = tables.Column(verbose_name=_("Partner"))
    territory = tables.Column(verbose_name=_("Territory"))
    state = StateColumn(verbose_name=_("State"))
    due_day = DayColumn(verbose_name=_("Due"))
    number = MaskedColumn(verbose_name=_("Number"))
    blocks = tables.Column(accessor="type__gate_words", verbose_name=_("Blocks"))

    phone = ("type", "partner", "state", "due_day")
