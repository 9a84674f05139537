"""Listeners hear of a job after the commit, and a job that nobody can do ends."""

from typing import Any

import pytest
from django.db import connection

from dnm.accounts.tenancy import network_context
from dnm.events import hints
from dnm.jobs import running
from dnm.jobs.models import Job, JobState
from tests.world import NOW, Net


def queued(net: Net, kind: str) -> Job:
    with network_context(net.network):
        return Job.objects.create(
            network=net.network, membership=net.members["sales_a"], kind=kind, title="t", created_at=NOW
        )


def test_listeners_hear_after_the_commit(
    committed_world: tuple[Net, Net], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = committed_world[0]
    heard: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        running, "_LISTENERS", [lambda job: heard.append((job.state, connection.in_atomic_block))]
    )
    monkeypatch.setitem(running._HANDLERS, "tests.nothing", (lambda job: None, "bulk"))
    running.run_job(net.network.pk, queued(net, "tests.nothing").pk)
    assert heard == [("running", False), ("done", False)]
    heard.clear()
    job = queued(net, "tests.nothing")
    with network_context(net.network):
        running.cancel_job(job=job, actor=net.actor("sales_a"), at=NOW)
        assert heard == []
    assert heard == [("cancelled", False)]


def test_listeners_hear_that_the_portal_gave_up(
    committed_world: tuple[Net, Net], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = committed_world[0]
    job = queued(net, "tests.nothing")
    with network_context(net.network):
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=running.MAX_ATTEMPTS)
    heard: list[tuple[int, str]] = []
    monkeypatch.setattr(running, "_LISTENERS", [lambda job: heard.append((job.pk, job.state))])
    assert running.resume_left_behind(net.network.pk) == 0
    assert heard == [(job.pk, "failed")]


def test_a_kind_that_nobody_knows_fails(voltara: Net) -> None:
    job = queued(voltara, "tests.unknown")
    running.run_job(voltara.network.pk, job.pk)
    with network_context(voltara.network):
        job.refresh_from_db()
    assert (job.state, job.lease_until) == (JobState.FAILED, None)
    assert "does not know this kind" in job.error


def test_hints_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(hints.current_app, "send_task", lambda name, **options: sent.append(options))
    running.hint(1, 2, "bulk")
    assert sent[0]["expires"] == 60
