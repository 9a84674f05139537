"""Workers killed with -9 at random points, and one file imported twice at once: nothing lost or doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connections

from dnm import embedded
from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.domain.steps import start_check, start_import
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState, RunState
from dnm.jobs.models import Job, JobState
from partners.models import Partner
from tests.imports.steps import again, checked, mapped, upload
from tests.world import NOW, Net

ROOT = Path(__file__).resolve().parents[2]
ROWS = 600
HEADER = "code,trade name,kind,parent code,postal code\n"
FILE = HEADER + "".join(
    f"k{n},Kill {n},{'dealer' if n % 3 else 'retailer'},{'brand' if n % 3 else f'k{n + 1}'},NA1\n"
    for n in range(ROWS)
)
WORKER = """
import sys, django
django.setup()
from dnm.jobs.running import run_job
print("ready", flush=True)
run_job(int(sys.argv[1]), int(sys.argv[2]))
"""


def environment() -> dict[str, str]:
    """The worker's environment: the test database, as the application role."""
    found = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.addresses().database,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or embedded.addresses().database_owner,
    }
    name = connections["default"].settings_dict["NAME"]
    urls = {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in found.items()}
    return {
        **os.environ,
        **urls,
        "REDIS_URL": settings.REDIS_URL,
        "DNM_ENV": "test",
        "DNM_PROCESS": "worker",
        "DNM_MEDIA_ROOT": settings.MEDIA_ROOT,
        "DJANGO_SETTINGS_MODULE": "dnm.settings",
        "PYTHONPATH": str(ROOT),
    }


def worker(net: Net, job: Job) -> "subprocess.Popen[str]":
    """A process of its own that works on the job; returns when it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(net.network.pk), str(job.pk)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: "subprocess.Popen[str]") -> int:
    code = process.wait(timeout=120)
    assert process.stdout is not None
    process.stdout.close()
    return code


def let_lease_run_out(net: Net, job: Job) -> JobState:
    """What two minutes do: another worker may take the job. Also counts as a first attempt again."""
    with network_context(net.network):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(lease_until=None, attempts=1)
        job.refresh_from_db()
    return JobState(job.state)


def kill_until_done(net: Net, job: Job, chance: random.Random) -> int:
    """Start workers and kill them with -9 at random moments until one comes through. Returns the kills."""
    kills = 0
    while let_lease_run_out(net, job) not in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}:
        process = worker(net, job)
        patience = chance.uniform(0.05, 0.6) * (1 + kills / 8)
        time.sleep(patience)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        end(process)
    assert job.state == JobState.DONE, job.error
    return kills


def look(net: Net, run: ImportRun, expected: int) -> None:
    """Each row applied exactly once, and each partner there exactly once."""
    with network_context(net.network):
        rows = ImportRow.objects.filter(run=run)
        assert rows.count() == expected
        assert set(rows.values_list("state", flat=True)) == {RowState.APPLIED}
        assert Partner.objects.filter(code__startswith="k").count() == expected
        assert rows.values("subject_uid").distinct().count() == expected


@pytest.fixture
def net(committed_world: tuple[Net, Net]) -> Net:
    return committed_world[0]


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_points_an_import_loses_and_doubles_nothing(net: Net, seed: int) -> None:
    chance = random.Random(seed)
    run = mapped(net, upload(net, importer_named("partners"), FILE))
    actor = net.actor("administrator")
    with network_context(net.network):
        job = start_check(run=run, actor=actor, at=NOW)
    kills = kill_until_done(net, job, chance)
    run = again(net, run)
    assert (run.state, run.counts["staged"]) == (RunState.CHECKED, ROWS)
    with network_context(net.network):
        job = start_import(run=run, actor=actor, at=NOW)
    kills += kill_until_done(net, job, chance)
    assert kills > 3, "the killer was too slow to mean anything"
    assert again(net, run).state == RunState.DONE
    look(net, run, ROWS)


def test_killed_once_in_the_middle_and_taken_up_by_another_worker(net: Net) -> None:
    run = checked(net, mapped(net, upload(net, importer_named("partners"), FILE)))
    with network_context(net.network):
        job = start_import(run=run, actor=net.actor("administrator"), at=NOW)
    process = worker(net, job)
    applied = 0
    while not applied:
        time.sleep(0.02)
        assert process.poll() is None, "it ended before it could be killed"
        with network_context(net.network):
            applied = ImportRow.objects.filter(run=run, state=RowState.APPLIED).count()
    process.send_signal(signal.SIGKILL)
    assert end(process) == -signal.SIGKILL
    with network_context(net.network):
        assert 0 < ImportRow.objects.filter(run=run, state=RowState.APPLIED).count() < ROWS
        assert Partner.objects.filter(code__startswith="k").count() == (
            ImportRow.objects.filter(run=run, state=RowState.APPLIED).count()
        )
    let_lease_run_out(net, job)
    assert end(worker(net, job)) == 0
    assert again(net, run).state == RunState.DONE
    look(net, run, ROWS)


def test_the_same_file_twice_at_once_comes_in_once(net: Net) -> None:
    runs = [checked(net, mapped(net, upload(net, importer_named("partners"), FILE))) for _ in range(2)]
    with network_context(net.network):
        jobs = [start_import(run=run, actor=net.actor("administrator"), at=NOW) for run in runs]
    workers: list[Any] = [worker(net, job) for job in jobs]
    assert [end(process) for process in workers] == [0, 0]
    first, second = (again(net, run) for run in runs)
    for run in (first, second):
        look(net, run, ROWS)
    assert first.counts["create"] + second.counts["create"] == ROWS
    assert first.counts["unchanged"] + second.counts["unchanged"] == ROWS
