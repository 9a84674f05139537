"""The jobs of an import, check and apply. Each piece commits on its own: both can be killed at any point."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.utils import timezone, translation

from dnm.accounts.languages import spoken
from dnm.accounts.tenancy import network_context
from dnm.imports import reading
from dnm.imports.domain.applying import apply_rows, finish_import, prepare_import
from dnm.imports.domain.checking import begin_check, check_rows, finish_check, last_staged, stage_rows
from dnm.imports.domain.ending import close_cancelled, fail_import
from dnm.imports.domain.files import local_path
from dnm.imports.domain.steps import APPLY, CHECK
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState, RunState
from dnm.jobs.running import Cancelled, RunningJob, job_handler

PIECE = 500
Work = Callable[["ImportJob"], None]


class ImportJob:
    """A running job and the import that it works on."""

    def __init__(self, job: RunningJob) -> None:
        self.job = job
        self.run_id: int = job.params["import"]

    @contextmanager
    def step(self, **progress: int) -> Iterator[ImportRun]:
        """A step of the job, with the import as it is now; ends the job when the import is to stop."""
        with self.job.step(**progress):
            run = self.run()
            if run.stop_requested or run.job_id != self.job.id:
                raise Cancelled(self.job.id)
            yield run

    def run(self) -> ImportRun:
        return ImportRun.objects.get(pk=self.run_id)


def _work(job: RunningJob, state: str, work: Work) -> Mapping[str, Any]:
    task = ImportJob(job)
    with network_context(job.network_id):
        run = task.run()
    if run.state != state:
        return dict(run.counts)
    with translation.override(spoken(run.language)):
        try:
            work(task)
        except Cancelled:
            with network_context(job.network_id):
                if task.run().job_id == job.id:
                    close_cancelled(run=run, at=timezone.now())
            raise
        except reading.ReadingError as refused:
            with task.step() as run:
                fail_import(run=run, reason=refused.message, at=timezone.now())
    with network_context(job.network_id):
        return dict(task.run().counts)


@job_handler(CHECK)
def check(job: RunningJob) -> Mapping[str, Any]:
    """Stage the file's rows, then judge each against the whole file and the network."""
    return _work(job, RunState.MAPPED, _check)


def _check(task: ImportJob) -> None:
    with task.step() as run:
        behind = last_staged(run)
        staged = ImportRow.objects.filter(run=run).count()
        steps = 2 * run.total
    if staged < run.total:
        staged = _stage(task, run, behind, staged)
    with task.step(done=staged, total=steps) as run:
        check = begin_check(run=run, actor=task.job.actor, at=timezone.now())
    done = steps - len(check.numbers)
    for start in range(0, len(check.numbers), PIECE):
        numbers = check.numbers[start : start + PIECE]
        done += len(numbers)
        with task.step(done=done, total=steps):
            check_rows(check=check, numbers=numbers)
    with task.step(done=steps, total=steps) as run:
        finish_check(run=run, at=timezone.now())


def _stage(task: ImportJob, run: ImportRun, behind: int, staged: int) -> int:
    with local_path(run.file) as path:
        rows = (
            row for row in reading.rows(path, choices=reading.Choices(**run.choices)) if row.number > behind
        )
        while piece := list(islice(rows, PIECE)):
            staged += len(piece)
            with task.step(done=staged, total=2 * run.total) as run:
                stage_rows(run=run, rows=piece)
    return staged


@job_handler(APPLY)
def apply(job: RunningJob) -> Mapping[str, Any]:
    """Apply the rows that passed the check, piece by piece."""
    return _work(job, RunState.RUNNING, _apply)


def _apply(task: ImportJob) -> None:
    with task.step() as run:
        waiting = ImportRow.objects.filter(run=run).waiting().count()
        total = ImportRow.objects.filter(run=run).exclude(state=RowState.INVALID).count()
        context = prepare_import(run=run, actor=task.job.actor, at=timezone.now())
    done = total - waiting
    while True:
        with task.step(done=done, total=total) as run:
            worked = apply_rows(run=run, context=context, actor=task.job.actor, at=timezone.now())
        if not worked:
            break
        done += worked
    with task.step(done=done, total=total) as run:
        finish_import(run=run, actor=task.job.actor, at=timezone.now())
