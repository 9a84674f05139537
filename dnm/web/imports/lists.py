"""The list of imports: its table and its filters."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from dnm.imports.declaring import importers
from dnm.imports.models import ImportRun
from dnm.imports.states import RunState
from dnm.web.filters import PageFilterSet
from dnm.web.tables import LinkColumn, MomentColumn, NumberColumn, ScopedTable, StateColumn


def importer_choices() -> list[tuple[str, Any]]:
    return [(importer.name, importer.title) for importer in importers()]


class ImportFilters(PageFilterSet):
    """By state and by what was imported."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=RunState.choices)
    importer = django_filters.ChoiceFilter(label=_("What"), choices=importer_choices)

    class Meta:
        model = ImportRun
        fields = ["state", "importer"]


class ImportTable(ScopedTable):
    """Files and what became of their rows."""

    phone = ("file_name", "state", "bad", "created_at")

    file_name = LinkColumn(verbose_name=_("File"))
    what = tables.Column(verbose_name=_("What"), accessor="title", orderable=False)
    state = StateColumn(verbose_name=_("State"))
    total = NumberColumn(verbose_name=_("Rows"))
    applied = NumberColumn(verbose_name=_("Applied"), accessor="counts__applied", default="")
    bad = NumberColumn(verbose_name=_("Bad rows"), accessor="counts__bad", default="")
    by = tables.Column(verbose_name=_("By"), accessor="membership", orderable=False)
    created_at = MomentColumn(verbose_name=_("Uploaded"))
