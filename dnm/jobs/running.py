"""Starting, running, cancelling and resuming jobs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dnm.accounts.actors import Actor
from dnm.accounts.commits import after_commit
from dnm.accounts.history import sign
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.events.hints import send
from dnm.jobs.models import FINAL_STATES, Job, JobState
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.errors import Conflict, NotAllowed

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 3

DIED = gettext_noop("The worker died on this job several times. What was done stays; run it again to go on.")
TOO_LONG = gettext_noop(
    "This took longer than a job may run at a stretch. What was done stays; run it again to go on."
)
OutOfTime = SoftTimeLimitExceeded
"""Raised in the middle of a handler when its time is up; a handler that catches everything lets it pass."""

log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """The job's owner asked to stop; raised at the end of a step."""


class Superseded(Exception):
    """Another worker has taken the job over."""


Handler = Callable[["RunningJob"], Mapping[str, Any] | None]
Listener = Callable[[Job], None]
_HANDLERS: dict[str, tuple[Handler, str]] = {}
_LISTENERS: list[Listener] = []


def job_handler(kind: str, *, queue: str = "bulk") -> Callable[[Handler], Handler]:
    """Decorator: the function does the work of jobs of this kind, step by step, and returns the result."""

    def register(handler: Handler) -> Handler:
        _HANDLERS[kind] = (handler, queue)
        return handler

    return register


def on_progress(listener: Listener) -> None:
    """Register a listener that is told, after the commit, of every change of a job (the live channel)."""
    _LISTENERS.append(listener)


class RunningJob:
    """What a handler sees of its job. It holds no transaction open: each `step` is one."""

    def __init__(self, job: Job, actor: Actor) -> None:
        self.id = job.pk
        self.network_id = job.network_id
        self.params: Mapping[str, Any] = job.params
        self.actor = actor
        self._token = job.token

    @contextmanager
    def step(self, *, done: int | None = None, total: int | None = None) -> Iterator[Job]:
        """One transaction in the job's network. What it writes and its progress commit together.

        Yields the job row (set its `done`, `total` or `result` as you go, or pass them). Raises `Cancelled`
        when the owner asked to stop, after committing the step, and `Superseded`, rolling it back, when the
        lease has gone to another worker.
        """
        with network_context(self.network_id):
            sign(self.actor)
            job = Job.objects.get(pk=self.id)
            yield job
            job.done = job.done if done is None else done
            job.total = job.total if total is None else total
            kept = Job.objects.filter(pk=self.id, token=self._token, state=JobState.RUNNING).update(
                done=job.done,
                total=job.total,
                result=job.result,
                errors_file=job.errors_file.name,
                lease_until=Now() + LEASE,
            )
            if not kept:
                raise Superseded(self.id)
            after_commit(_tell, job)
        if job.cancel_requested:
            raise Cancelled(self.id)


def start_job(
    kind: str, *, actor: Actor, at: datetime, title: str, params: Mapping[str, Any] | None = None
) -> Job:
    """Queue a job of the actor's. It runs under the actor's rights as they are then. After commit a
    worker starts.
    """
    if actor.membership is None:
        raise NotAllowed
    _handler, queue = _HANDLERS[kind]
    job = Job.objects.create(
        network_id=actor.network_id,
        membership=actor.membership,
        kind=kind,
        title=title[:200],
        params=dict(params or {}),
        created_at=at,
    )
    after_commit(hint, job.network_id, job.pk, queue)
    return job


@transaction.atomic
def cancel_job(*, job: Job, actor: Actor, at: datetime) -> Job:
    """Ask a job to stop. A queued one ends at once, a running one after its present step."""
    if actor.membership_id != job.membership_id:
        raise NotAllowed
    if job.state in FINAL_STATES:
        raise Conflict(_("This job is over."), code="job-over")
    Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(cancel_requested=True)
    Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(state=JobState.CANCELLED, ended_at=at)
    job.refresh_from_db()
    after_commit(_tell, job)
    return job


@transaction.atomic
def retry_job(*, job: Job, actor: Actor, at: datetime) -> Job:
    """Queue a failed job once more, with a fresh count of attempts; it goes on where its last step ended.

    Raises `NotAllowed` for somebody else's job and `Conflict` when it has not failed.
    """
    if actor.membership_id != job.membership_id:
        raise NotAllowed
    queued = {"state": JobState.QUEUED, "attempts": 0, "lease_until": None, "started_at": None}
    ended = {"ended_at": None, "error": "", "cancel_requested": False}
    if not Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(**queued, **ended):
        raise Conflict(_("Only a job that has failed can be run again."), code="job-not-failed")
    job.refresh_from_db()
    after_commit(_tell, job)
    after_commit(hint, job.network_id, job.pk, _queue_of(job.kind))
    return job


def run_job(network_id: int, job_id: int) -> None:
    """Take the job's lease and run its handler; record how it ended. Harmless when repeated."""
    running = _take(network_id, job_id)
    if running is None:
        return
    kind = _kind(running)
    if kind not in _HANDLERS:
        log.error("no handler for this kind of job", job=job_id, kind=kind)
        _end(running, JobState.FAILED, error=_("The portal does not know this kind of job any more."))
        return
    handler, _queue = _HANDLERS[kind]
    try:
        result = handler(running)
    except Superseded:
        log.warning("job was taken over", job=job_id)
    except Cancelled:
        _end(running, JobState.CANCELLED)
    except OutOfTime:
        log.warning("job ran out of time", job=job_id)
        _end(running, JobState.FAILED, error=_(TOO_LONG))
    except Exception as error:
        log.exception("job failed", job=job_id)
        _end(running, JobState.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
    else:
        _end(running, JobState.DONE, result=result)


def resume_left_behind(network_id: int) -> int:
    """Hint at jobs whose lease has run out; give up on those that failed to end `MAX_ATTEMPTS` times."""
    with network_context(network_id):
        _give_up(_free())
        left = list(_free().values_list("pk", "kind")[:100])
    for job_id, kind in left:
        hint(network_id, job_id, _queue_of(kind))
    return len(left)


def hint(network_id: int, job_id: int, queue: str) -> None:
    """Ask a worker to run the job now; beat asks again should the broker lose it."""
    send("dnm.jobs.tasks.run", queue=queue, network_id=network_id, job_id=job_id)


def _take(network_id: int, job_id: int) -> RunningJob | None:
    with network_context(network_id):
        mine = _free().filter(pk=job_id)
        _give_up(mine)
        taken = mine.update(
            state=JobState.RUNNING,
            token=F("token") + 1,
            attempts=F("attempts") + 1,
            lease_until=Now() + LEASE,
            started_at=Now(),
        )
        if not taken:
            return None
        job = Job.objects.select_related("membership__user").get(pk=job_id)
        if job.membership.state != MembershipState.ACTIVE:
            Job.objects.filter(pk=job_id).update(
                state=JobState.FAILED,
                ended_at=Now(),
                error=_("The member who started this can no longer log in."),
            )
            return None
        actor = actor_for_membership(job.membership, via="session", at=timezone.now())
        after_commit(_tell, job)
        return RunningJob(job, actor)


def _free() -> Any:
    """Open jobs that nobody works on, or whose worker has not been heard of for the length of a lease."""
    return Job.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        state__in=[JobState.QUEUED, JobState.RUNNING],
    )


def _give_up(free: Any) -> None:
    """What has killed its worker each time has failed, where its member sees it and may run it again."""
    for job_id in list(free.filter(attempts__gte=MAX_ATTEMPTS).values_list("pk", flat=True)):
        failed = {"state": JobState.FAILED, "ended_at": Now(), "lease_until": None, "error": _(DIED)}
        if free.filter(pk=job_id).update(**failed):
            after_commit(_tell, Job.objects.get(pk=job_id))


def _queue_of(kind: str) -> str:
    return _HANDLERS[kind][1] if kind in _HANDLERS else "bulk"


def _kind(running: RunningJob) -> str:
    with network_context(running.network_id):
        return str(Job.objects.values_list("kind", flat=True).get(pk=running.id))


def _end(
    running: RunningJob, state: str, *, error: str = "", result: Mapping[str, Any] | None = None
) -> None:
    with network_context(running.network_id):
        values: dict[str, Any] = {"state": state, "error": error, "ended_at": Now(), "lease_until": None}
        if result is not None:
            values["result"] = dict(result)
        rows = Job.objects.filter(pk=running.id, token=running._token, state=JobState.RUNNING)
        if rows.update(**values):
            after_commit(_tell, Job.objects.get(pk=running.id))


def _tell(job: Job) -> None:
    for listener in _LISTENERS:
        listener(job)
