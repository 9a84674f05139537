"""Stopping an import before its end, and taking up its bad rows again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.imports.domain.counting import count_rows
from dnm.imports.domain.reports import write_errors_file
from dnm.imports.domain.steps import job_is_live, start_check
from dnm.imports.events import ImportCancelled, ImportFailed, ImportRepeated
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.permissions import ImportCapability
from dnm.imports.states import OPEN, RowState
from dnm.jobs.models import Job, JobState
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict
from dnm.workflow.flows import advance


@transaction.atomic
def cancel_import(*, run: ImportRun, actor: Actor, at: datetime) -> ImportRun:
    """Stop. What has been applied stays; every other row stands in the file of bad rows.

    A job at work ends after its present piece and closes the import; otherwise it is closed at once.
    """
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    authorise(actor, ImportCapability.USE, run)
    if run.state not in OPEN:
        raise Conflict(_("This import is over."), code="import-over")
    at_work = run.job_id is not None and Job.objects.filter(pk=run.job_id, state=JobState.RUNNING).exists()
    run.stop_requested = True
    run.save(update_fields=["stop_requested"])
    if not at_work:
        _close(run, actor, at)
    return run


@transaction.atomic
def close_cancelled(*, run: ImportRun, at: datetime) -> None:
    """The job has ended because somebody asked it to: close the import, unless that is done."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state in OPEN:
        _close(run, Actor.system("importer", run.network_id), at)


def _close(run: ImportRun, actor: Actor, at: datetime) -> None:
    ImportRow.objects.filter(run=run).waiting().update(
        state=RowState.FAILED, message=_("Not applied: the import was cancelled.")
    )
    counts = count_rows(run)
    changes = {"counts": counts, "errors_file": write_errors_file(run)}
    advance(run, "cancel", actor=actor, at=at, event=ImportCancelled(counts=counts), changes=changes)


@transaction.atomic
def fail_import(*, run: ImportRun, reason: str, at: datetime) -> None:
    """The file cannot be read any more. No row is lost: waiting ones stand in the file of bad rows."""
    ImportRow.objects.filter(run=run).waiting().update(state=RowState.FAILED, message=reason)
    counts = count_rows(run)
    changes = {"counts": counts, "errors_file": write_errors_file(run), "message": reason}
    actor = Actor.system("importer", run.network_id)
    advance(run, "fail", actor=actor, at=at, event=ImportFailed(reason=reason), changes=changes)


@transaction.atomic
def repeat_import(*, run: ImportRun, actor: Actor, at: datetime) -> Job:
    """Check the bad rows again, and only those: what has been applied is left alone."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    authorise(actor, ImportCapability.USE, run)
    if job_is_live(run):
        raise Conflict(_("A job is already at work on this import."), code="in-work")
    if not run.mapping:
        raise Conflict(
            _("This import ended before its columns were mapped. Upload the file again."), code="not-mapped"
        )
    bad = ImportRow.objects.filter(run=run).bad().count()
    complete = ImportRow.objects.filter(run=run).count() == run.total
    if complete and not bad:
        raise Conflict(_("There are no bad rows."), code="no-bad-rows")
    advance(run, "repeat", actor=actor, at=at, event=ImportRepeated(rows=bad))
    return start_check(run=run, actor=actor, at=at)
