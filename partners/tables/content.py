"""Tables of publications."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import LinkColumn, MomentColumn, NumberColumn, ScopedTable, StateColumn


class ReadingColumn(tables.Column):
    """What the reader has still to do with it. Reads `is_unread`."""

    empty_values = ()

    def render(self, record: Any) -> str:
        label = self.value(record)
        tone = "warn" if record.is_mandatory else "info"
        return render_to_string("web/state.html", {"label": label, "tone": tone}) if label else ""

    def value(self, record: Any) -> str:
        if not record.is_unread:
            return ""
        return str(_("To acknowledge") if record.is_mandatory else _("New"))


class NewsTable(ScopedTable):
    """News and bulletins, the newest first."""

    title = LinkColumn(verbose_name=_("Title"))
    reading = ReadingColumn(verbose_name=_("For you"), accessor="is_mandatory")
    kind = tables.Column(verbose_name=_("Kind"))
    partner = tables.Column(verbose_name=_("Published by"))
    dated_at = MomentColumn(verbose_name=_("Date"))
    state = StateColumn(verbose_name=_("State"))

    phone = ("title", "reading", "partner", "dated_at")


class LibraryTable(ScopedTable):
    """Documents of the library, the newest first."""

    title = LinkColumn(verbose_name=_("Title"))
    reading = ReadingColumn(verbose_name=_("For you"), accessor="is_mandatory")
    number = NumberColumn(verbose_name=_("Version"))
    partner = tables.Column(verbose_name=_("Published by"))
    dated_at = MomentColumn(verbose_name=_("Date"))
    state = StateColumn(verbose_name=_("State"))

    phone = ("title", "reading", "number", "dated_at")
