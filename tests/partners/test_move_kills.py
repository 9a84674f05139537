"""Workers killed with -9 while they rewrite the rows of a moved partner: the next one goes on."""

import random
import signal
import subprocess
import sys
import time

import pytest

from dnm.accounts.tenancy import network_context
from dnm.jobs.models import Job, JobState
from dnm.scoping.moves import TreeMove
from leads.models import Lead
from leads.permissions import LeadCapability
from leads.states import LeadState
from partners.domain.moves import move_partner
from tests.imports.test_kills import ROOT, environment
from tests.world import NOW, Net

WORKER = """
import sys, django
django.setup()
import partners.domain.moves as moves
from dnm.jobs.running import run_job
from dnm.scoping.rewriting import rewrite_some
moves.rewrite_some = lambda move: rewrite_some(move, limit=20)
print("ready", flush=True)
run_job(int(sys.argv[1]), int(sys.argv[2]))
"""
LEADS = 1500


def hang_leads(net: Net) -> None:
    """Leads of dealer_a, brought to acceptance along the edges of their life."""
    Lead.objects.bulk_create(
        Lead(
            network=net.network,
            territory=net.territories["north_a"],
            state=LeadState.NEW,
            state_changed_at=NOW,
            name=f"Prospect {number}",
            created_at=NOW,
        )
        for number in range(LEADS)
    )
    for state in (LeadState.ROUTING, LeadState.OFFERED):
        Lead.objects.update(state=state)
    Lead.objects.update(state=LeadState.ACCEPTED, partner=net.partners["dealer_a"])


def work(net: Net, job: Job, seconds: float) -> bool:
    """A worker of its own, killed after so many seconds; True when it came through before."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(net.network.pk), str(job.pk)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(seconds)
        finished = process.poll() is not None
        if not finished:
            process.send_signal(signal.SIGKILL)
    return finished


def in_sight(net: Net, member: str) -> int:
    return Lead.objects.visible_to(net.actor(member), LeadCapability.VIEW).count()


@pytest.mark.sweep
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_killed_again_and_again_it_is_finished_and_nobody_sees_a_gap(
    committed_world: tuple[Net, Net],
) -> None:
    net, _other = committed_world
    chance = random.Random(7)
    with network_context(net.network):
        hang_leads(net)
        move_partner(
            partner=net.partners["dealer_a"],
            parent=net.partners["distributor_south"],
            reason="New contract",
            actor=net.actor("administrator"),
            at=NOW,
        )
        job = Job.objects.get()
    left, kills = {LEADS}, 0
    while True:
        kills += not work(net, job, chance.uniform(0.05, 0.25) * (1 + kills / 2))
        with network_context(net.network):
            assert (in_sight(net, "owner_north"), in_sight(net, "owner_south")) == (0, LEADS)
            left.add(Lead.objects.filter(partner_2=net.partners["distributor_north"].pk).count())
            Job.objects.filter(state=JobState.RUNNING).update(lease_until=None, attempts=1)
            job.refresh_from_db()
            if job.state != JobState.RUNNING:
                break
    assert (job.state, job.result) == (JobState.DONE, {"rewritten": LEADS})
    assert kills > 1
    assert any(0 < rows < LEADS for rows in left), "no kill came in the middle"
    with network_context(net.network):
        assert not TreeMove.objects.filter(closed_at=None).exists()
        assert not Lead.objects.filter(partner_2=net.partners["distributor_north"].pk).exists()
