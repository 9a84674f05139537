"""Steps that go on in a job: starting them, and whether one is at work."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.imports.domain.counting import count_rows
from dnm.imports.events import ImportStarted
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.permissions import ImportCapability
from dnm.imports.states import RunState
from dnm.jobs.models import FINAL_STATES, Job
from dnm.jobs.running import start_job
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict
from dnm.workflow.flows import advance

CHECK = "imports.check"
APPLY = "imports.apply"


def job_is_live(run: ImportRun) -> bool:
    """Whether a job is at work on the import, or about to be."""
    return run.job_id is not None and not Job.objects.filter(pk=run.job_id, state__in=FINAL_STATES).exists()


@transaction.atomic
def start_check(*, run: ImportRun, actor: Actor, at: datetime) -> Job:
    """Check all rows that have not been applied, in a job. Also goes on with a check that was interrupted."""
    run = _locked(run, actor)
    if run.state != RunState.MAPPED:
        raise Conflict(_("Map the columns first."), code="not-mapped")
    return _start(run, CHECK, _("Check %(file)s") % {"file": run.file_name}, actor, at)


@transaction.atomic
def start_import(*, run: ImportRun, actor: Actor, at: datetime) -> Job:
    """Apply the rows that passed the check, in a job. Also goes on with a run that was interrupted.

    Raises `Conflict` when no row is waiting.
    """
    run = _locked(run, actor)
    waiting = ImportRow.objects.filter(run=run).waiting().count()
    if run.state != RunState.RUNNING:
        if not waiting:
            raise Conflict(
                _("No row passed the check: there is nothing to import."), code="nothing-to-import"
            )
        advance(run, "start", actor=actor, at=at, event=ImportStarted(rows=waiting))
    return _start(run, APPLY, _("Import %(file)s") % {"file": run.file_name}, actor, at)


def _locked(run: ImportRun, actor: Actor) -> ImportRun:
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    authorise(actor, ImportCapability.USE, run)
    if job_is_live(run):
        raise Conflict(_("A job is already at work on this import."), code="in-work")
    return run


def _start(run: ImportRun, kind: str, title: str, actor: Actor, at: datetime) -> Job:
    job = start_job(kind, actor=actor, at=at, title=title, params={"import": run.pk})
    run.job = job
    run.stop_requested = False
    run.message = ""
    run.counts = count_rows(run)
    run.save(update_fields=["job", "stop_requested", "message", "counts"])
    return job
