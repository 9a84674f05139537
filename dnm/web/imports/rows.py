"""Rows of an import as the preview and the report show them."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dnm.imports.domain.reports import sentence
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import BAD_STATES, RowState
from dnm.scoping.errors import Invalid
from dnm.scoping.pages import page

PER_PAGE = 50
SHOWN_CELLS = 3
GOOD = ~Q(state__in=BAD_STATES)
VIEWS: dict[str, tuple[Any, Q]] = {
    "rows": (_("All"), Q()),
    "create": (_("New"), GOOD & Q(change="create")),
    "update": (_("Changed"), GOOD & Q(change="update")),
    "unchanged": (_("Unchanged"), GOOD & Q(change="unchanged")),
    "warned": (_("With warnings"), ~Q(warnings=[])),
    "bad": (_("Bad rows"), Q(state__in=BAD_STATES)),
}
"""By what the counts call them: (label, which rows)."""
TONES = {RowState.INVALID: "bad", RowState.FAILED: "bad", RowState.APPLIED: "good", RowState.STAGED: "info"}


def rows_page(run: ImportRun, request: HttpRequest) -> dict[str, Any]:
    """One page of the rows that the address asks for, in the file's order."""
    shown = request.GET.get("show", "rows")
    shown = shown if shown in VIEWS else "rows"
    rows = ImportRow.objects.filter(VIEWS[shown][1], run=run)
    order = ("row_no", "id")
    try:
        found = page(rows, order=order, cursor=request.GET.get("cursor"), limit=PER_PAGE)
    except Invalid:
        found = page(rows, order=order, limit=PER_PAGE)
    return {
        "show": shown,
        "views": [
            (label, f"?show={name}", run.counts.get(name, 0), name == shown)
            for name, (label, _q) in VIEWS.items()
        ],
        "rows": [_told(row, run) for row in found.rows],
        "pager": {
            "newer": _at(shown, found.previous_cursor),
            "older": _at(shown, found.next_cursor),
        },
    }


def _at(shown: str, cursor: str | None) -> str:
    return f"?show={shown}&cursor={cursor}" if cursor else ""


def _told(row: ImportRow, run: ImportRun) -> dict[str, Any]:
    """A row as a person reads it: what it is, what it does, what is wrong."""
    texts = (str(row.raw.get(name, "")).strip() for name in run.headers)
    cells = [text for text in texts if text and text != row.key]
    bad = row.state in BAD_STATES
    return {
        "row_no": row.row_no,
        "key": row.key,
        "cells": " · ".join(cells[:SHOWN_CELLS]),
        "label": row.get_state_display() if bad or not row.change else row.get_change_display(),
        "tone": TONES[RowState(row.state)],
        "is_applied": row.state == RowState.APPLIED,
        "changes": [(label, before, after) for label, (before, after) in row.changes.items()],
        "errors": [*map(sentence, row.errors), *([row.message] if row.message else [])],
        "warnings": [sentence(finding) for finding in row.warnings],
    }
