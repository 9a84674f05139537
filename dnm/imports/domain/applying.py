"""Applying checked rows: each wholly or not at all, and its state in the same transaction as its effect."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import DataError, IntegrityError, InternalError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.imports.declaring import Applied, Candidate, Setting
from dnm.imports.domain.counting import count_rows
from dnm.imports.domain.reports import write_errors_file
from dnm.imports.events import ImportFinished
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState
from dnm.jobs.running import OutOfTime
from dnm.scoping.errors import DomainError
from dnm.workflow.flows import advance

APPLIED_FIELDS = ["state", "change", "message", "subject_uid", "applied_at"]
LOCK_WAIT = "60s"

log = structlog.get_logger(__name__)


def prepare_import(*, run: ImportRun, actor: Actor, at: datetime) -> Any:
    """The importer's context for applying: nothing of the file but what was checked."""
    waiting = ImportRow.objects.filter(run=run).waiting().order_by("row_no")
    setting = Setting(
        actor=actor,
        at=at,
        options=run.options,
        rows=lambda: waiting.values_list("row_no", "values").iterator(chunk_size=2000),
    )
    return run.declared.prepare(setting)


def apply_rows(*, run: ImportRun, context: Any, actor: Actor, at: datetime) -> int:
    """Apply the next piece of waiting rows, those first that others need. Returns how many were worked on.

    The row's state is the cursor: what a killed worker did not commit is still waiting. Imports of one kind
    in one network take turns, piece by piece, so that the same file twice at once finds what the other did.
    """
    _take_turn(run)
    rows = list(ImportRow.objects.filter(run=run).waiting().order_by("depth", "row_no")[: run.declared.chunk])
    candidates = [_candidate(row) for row in rows]
    run.declared.begin_piece(candidates, context)
    for row, candidate in zip(rows, candidates, strict=True):
        _apply(row, candidate, run, context, actor, at)
    ImportRow.objects.overwrite(rows, APPLIED_FIELDS)
    if rows:
        ImportRun.objects.filter(pk=run.pk).update(counts=count_rows(run))
    return len(rows)


def _take_turn(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [run.network_id, run.importer])


def _candidate(row: ImportRow) -> Candidate:
    return Candidate(
        row_no=row.row_no,
        values=row.values,
        key=row.key,
        change=row.change,
        changes=row.changes,
        depth=row.depth,
    )


def _apply(
    row: ImportRow, candidate: Candidate, run: ImportRun, context: Any, actor: Actor, at: datetime
) -> None:
    try:
        with transaction.atomic():
            applied = run.declared.apply(candidate, context, actor=actor, at=at)
    except DomainError as refused:
        _fail(row, refused.message)
    except (IntegrityError, DataError, InternalError) as refused:
        log.warning("the database refused a row", run=str(run.uid), row=row.row_no, error=str(refused))
        _fail(row, _("The database refused this row: %(reason)s") % {"reason": _first_line(refused)})
    except OperationalError as busy:
        if connection.connection is None or connection.connection.closed:
            raise
        log.warning("a row was locked elsewhere", run=str(run.uid), row=row.row_no, error=str(busy))
        _fail(row, _("Somebody else was working on the same record. Run the bad rows again."))
    except OutOfTime:
        raise
    except Exception:
        log.exception("an importer failed on a row", run=str(run.uid), row=row.row_no)
        _fail(
            row, _("Something went wrong on our side with this row. It is recorded; tell your administrator.")
        )
    else:
        _succeed(row, applied, at)


def _succeed(row: ImportRow, applied: Applied, at: datetime) -> None:
    row.state = RowState.APPLIED
    row.change = applied.change
    row.subject_uid = applied.uid
    row.applied_at = at
    row.message = ""


def _fail(row: ImportRow, message: str) -> None:
    row.state = RowState.FAILED
    row.message = message


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]


def finish_import(*, run: ImportRun, actor: Actor, at: datetime) -> None:
    """No row is waiting any more: write the file of bad rows, start what follows, and close."""
    counts = count_rows(run)
    follow_ups = [*run.follow_ups, *_follow(run, actor, at)]
    changes = {"counts": counts, "errors_file": write_errors_file(run), "follow_ups": follow_ups}
    system = Actor.system("importer", run.network_id)
    advance(run, "finish", actor=system, at=at, event=ImportFinished(counts=counts), changes=changes)


def _follow(run: ImportRun, actor: Actor, at: datetime) -> list[UUID]:
    """Jobs for the rows applied since the last time, under the rights of who imports."""
    rows = ImportRow.objects.filter(run=run).to_follow()
    applied = rows.order_by("row_no").values_list("subject_uid", "values").iterator(chunk_size=2000)
    jobs = run.declared.follow(applied, options=run.options, actor=actor, at=at)
    rows.update(is_followed=True)
    return [job.uid for job in jobs]
