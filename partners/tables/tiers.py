"""The table of standings."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from dnm.web.tables import DayColumn, LinkColumn, ScopedTable
from partners.domain.tiers.telling import told


class TierColumn(tables.Column):
    """The tier that counts now, as a badge; a word where it was set by hand."""

    empty_values = ()

    def render(self, record: Any) -> str:
        tier = record.now_held
        tone = "info" if record.override_tier_id else "neutral"
        return render_to_string("web/state.html", {"label": tier or "\N{EN DASH}", "tone": tone})

    def value(self, record: Any) -> str:
        return str(record.now_held or "")


class StandingTable(ScopedTable):
    """Where the partners in sight stand, and where they are heading."""

    partner = LinkColumn(verbose_name=_("Partner"))
    held = TierColumn(verbose_name=_("Tier"), accessor="tier")
    heading = tables.Column(verbose_name=_("Heading"), empty_values=(), accessor="projection")
    review_on = DayColumn(verbose_name=_("Next review"))
    override_until = DayColumn(verbose_name=_("Set by hand until"))

    phone = ("partner", "held", "heading", "review_on")

    def render_heading(self, record: Any) -> str:
        return told(record, self.request.network.currency if self.request else "")
