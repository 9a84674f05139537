"""Staging a file's rows and checking them, in pieces that commit on their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.imports import reading
from dnm.imports.declaring import Candidate, Setting
from dnm.imports.domain.counting import count_rows
from dnm.imports.domain.reports import write_errors_file
from dnm.imports.domain.understanding import understand
from dnm.imports.events import RowsChecked
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState
from dnm.workflow.flows import advance

CHECKED_FIELDS = ["state", "change", "key", "depth", "values", "errors", "warnings", "changes", "message"]


def last_staged(run: ImportRun) -> int:
    """Number of the last row that stands in staging; 0 when there is none. Staging goes on behind it."""
    return ImportRow.objects.filter(run=run).aggregate(last=Max("row_no"))["last"] or 0


def stage_rows(*, run: ImportRun, rows: Sequence[reading.Row]) -> int:
    """Put rows of the file into staging; one that stands there already is left alone. Returns how many."""
    headers = run.headers
    staged = [
        ImportRow(
            network_id=run.network_id,
            run=run,
            row_no=row.number,
            raw=dict(zip(headers, row.values, strict=False)),
            errors=[_shape_error(problem) for problem in row.problems],
        )
        for row in rows
    ]
    ImportRow.objects.bulk_create(staged, ignore_conflicts=True)
    return len(staged)


def _shape_error(problem: reading.Problem) -> dict[str, str]:
    return {"field": "", "expected": problem.expected, "got": problem.got, "message": "", "shape": "yes"}


@dataclass
class Check:
    """A check of an import's rows: the whole file in view, judged piece by piece."""

    run: ImportRun
    context: Any
    numbers: list[int]
    """Rows to judge: all that have not been applied."""
    first_by_key: dict[str, int] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)


def begin_check(*, run: ImportRun, actor: Actor, at: datetime) -> Check:
    """Look at the whole file once: natural keys that stand twice, and whatever the importer indexes."""
    setting = Setting(
        actor=actor,
        at=at,
        options=run.options,
        rows=lambda: ((candidate.row_no, candidate.values) for candidate in _all_candidates(run)),
    )
    open_rows = ImportRow.objects.filter(run=run).exclude(state=RowState.APPLIED)
    check = Check(
        run,
        run.declared.prepare(setting),
        list(open_rows.order_by("row_no").values_list("row_no", flat=True)),
    )
    for candidate in _all_candidates(run):
        if not candidate.key:
            continue
        first = check.first_by_key.setdefault(candidate.key, candidate.row_no)
        if first != candidate.row_no:
            check.twice.setdefault(candidate.key, [first]).append(candidate.row_no)
    return check


def _all_candidates(run: ImportRun) -> Any:
    rows = ImportRow.objects.filter(run=run).order_by("row_no").values_list("row_no", "raw")
    return understand(run, rows.iterator(chunk_size=2000))


def check_rows(*, check: Check, numbers: Sequence[int]) -> None:
    """Judge these rows: each becomes staged (it may be applied) or invalid (it stands in the errors file)."""
    rows = list(
        ImportRow.objects.filter(run=check.run, row_no__in=numbers)
        .exclude(state=RowState.APPLIED)
        .order_by("row_no")
    )
    candidates = list(understand(check.run, ((row.row_no, row.raw) for row in rows)))
    for row, candidate in zip(rows, candidates, strict=True):
        candidate.errors[:0] = [error for error in row.errors if "shape" in error]
        _refuse_doubles(check, candidate)
    check.run.declared.check([candidate for candidate in candidates if not candidate.errors], check.context)
    labels = {column.name: str(column.label) for column in check.run.declared.columns}
    for row, candidate in zip(rows, candidates, strict=True):
        _write(row, candidate, labels)
    _save(rows)


def _refuse_doubles(check: Check, candidate: Candidate) -> None:
    numbers = check.twice.get(candidate.key)
    if numbers and candidate.row_no != numbers[0]:
        others = ", ".join(str(number) for number in numbers if number != candidate.row_no)
        candidate.refuse(
            "",
            expected=_("each key once in the file"),
            got=candidate.key,
            message=_("Also in row %(rows)s; the first one counts.") % {"rows": others},
        )


def _write(row: ImportRow, candidate: Candidate, labels: dict[str, str]) -> None:
    for finding in (*candidate.errors, *candidate.warnings):
        finding["label"] = labels.get(finding["field"], "")
    row.state = RowState.INVALID if candidate.errors else RowState.STAGED
    row.key, row.depth, row.values = candidate.key, candidate.depth, candidate.values
    row.errors, row.warnings = candidate.errors, candidate.warnings
    row.change = "" if candidate.errors else candidate.change
    row.changes = {} if candidate.errors else candidate.changes
    row.message = ""


def _save(rows: list[ImportRow]) -> None:
    """Bad ones first: of two rows with one key, the loser must let go before the winner takes hold."""
    for state in (RowState.INVALID, RowState.STAGED):
        ImportRow.objects.overwrite([row for row in rows if row.state == state], CHECKED_FIELDS)


def finish_check(*, run: ImportRun, at: datetime) -> None:
    """All rows are judged: write the file of bad rows and open the preview."""
    counts = count_rows(run)
    waiting = ImportRow.objects.filter(run=run).waiting().values_list("values", flat=True)
    outlook = run.declared.outlook(waiting.iterator(chunk_size=2000), options=run.options)
    changes = {"counts": counts, "errors_file": write_errors_file(run), "outlook": outlook}
    actor = Actor.system("importer", run.network_id)
    advance(run, "finish_check", actor=actor, at=at, event=RowsChecked(counts=counts), changes=changes)
