"""Jobs with real workers: killed with -9 until the portal gives up, run again by hand, and out of time."""

from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.jobs.models import Job, JobState
from dnm.jobs.running import MAX_ATTEMPTS, hint, resume_left_behind, retry_job, start_job
from dnm.scoping.errors import Conflict, NotAllowed
from tests.background import Background, wait_for
from tests.jobs import handlers  # noqa: F401 - declares the kinds of jobs
from tests.world import Net

HANDLERS = "tests.jobs.handlers"


def begun(net: Net, kind: str, **params: Any) -> Job:
    with network_context(net.network):
        actor = net.actor("sales_a")
        return start_job(kind, actor=actor, at=timezone.now(), title=kind, params=params)


def now(net: Net, job: Job) -> Job:
    with network_context(net.network):
        return Job.objects.get(pk=job.pk)


def let_lease_run_out(net: Net, job: Job) -> None:
    """What two minutes do."""
    with network_context(net.network):
        Job.objects.filter(pk=job.pk).update(lease_until=None)


def test_a_job_that_kills_its_worker_each_time_fails_and_can_be_run_again(
    background: Background, committed_world: tuple[Net, Net], tmp_path: Path
) -> None:
    net, gate = committed_world[0], tmp_path / "gate"
    job = begun(net, "tests.gate", gate=str(gate))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        worker = background.worker(queues="bulk", include=HANDLERS)
        assert wait_for(lambda attempt=attempt: now(net, job).attempts == attempt, 20), background.said()
        assert wait_for(lambda: now(net, job).done == 1, 20), background.said()
        background.kill(worker)
        assert now(net, job).state == JobState.RUNNING
        let_lease_run_out(net, job)
        if attempt < MAX_ATTEMPTS:
            assert resume_left_behind(net.network.pk) == 1
    clock = background.worker(queues="clocks,bulk", include=HANDLERS)
    current_app.send_task("dnm.jobs.tasks.resume", queue="clocks")
    assert wait_for(lambda: now(net, job).is_over, 20), background.said()
    failed = now(net, job)
    assert (failed.state, failed.attempts, failed.lease_until) == (JobState.FAILED, MAX_ATTEMPTS, None)
    assert "died on this job several times" in failed.error
    assert failed.ended_at is not None

    hint(net.network.pk, job.pk, "bulk")
    gate.touch()
    with network_context(net.network):
        retry_job(job=failed, actor=net.actor("sales_a"), at=timezone.now())
    assert wait_for(lambda: now(net, job).is_over, 20), background.said()
    done = now(net, job)
    assert (done.state, done.done, done.error, done.attempts) == (JobState.DONE, 2, "", 1)
    assert done.result == {"opened": True}
    assert clock.poll() is None


@pytest.mark.parametrize("where", ["python", "database"])
def test_a_job_that_takes_too_long_fails_in_plain_words(
    background: Background, committed_world: tuple[Net, Net], where: str
) -> None:
    net = committed_world[0]
    background.worker(queues="bulk", include=HANDLERS)
    with network_context(net.network):
        job = Job.objects.create(
            network=net.network,
            membership=net.members["sales_a"],
            kind="tests.long",
            title="long",
            params={"where": where},
            created_at=timezone.now(),
        )
    current_app.send_task(
        "dnm.jobs.tasks.run",
        kwargs={"network_id": net.network.pk, "job_id": job.pk},
        queue="bulk",
        soft_time_limit=2,
    )
    assert wait_for(lambda: now(net, job).is_over, 30), background.said()
    failed = now(net, job)
    assert failed.state == JobState.FAILED
    assert failed.error.startswith("This took longer than a job may run at a stretch.")
    assert failed.done == 1, "what was committed stays, the step that was cut off does not"
    assert failed.lease_until is None


def test_a_leftover_hint_does_not_begin_a_fourth_attempt(
    background: Background, committed_world: tuple[Net, Net], tmp_path: Path
) -> None:
    net = committed_world[0]
    job = begun(net, "tests.gate", gate=str(tmp_path))
    with network_context(net.network):
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=MAX_ATTEMPTS)
    background.worker(queues="bulk", include=HANDLERS)
    assert wait_for(lambda: now(net, job).is_over, 20), background.said()
    assert (now(net, job).state, now(net, job).attempts) == (JobState.FAILED, MAX_ATTEMPTS)


@pytest.mark.parametrize("state", [state for state in JobState if state != JobState.FAILED])
def test_only_what_has_failed_is_run_again(voltara: Net, state: JobState) -> None:
    with network_context(voltara.network):
        job = begun(voltara, "tests.gate", gate="")
        Job.objects.filter(pk=job.pk).update(state=state)
        with pytest.raises(Conflict):
            retry_job(job=job, actor=voltara.actor("sales_a"), at=timezone.now())
        job.refresh_from_db()
        assert job.state == state


def test_nobody_runs_anothers_job_again(voltara: Net) -> None:
    with network_context(voltara.network):
        job = begun(voltara, "tests.gate", gate="")
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
        with pytest.raises(NotAllowed):
            retry_job(job=job, actor=voltara.actor("administrator"), at=timezone.now())
