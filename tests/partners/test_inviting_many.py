"""Inviting many people as one job: progress, reasons, and no second mail however often it runs."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.jobs.models import Job
from dnm.jobs.running import run_job
from dnm.scoping.errors import Invalid, NotAllowed
from partners.domain.invitations import invite_person
from partners.domain.inviting_many import PersonToInvite, invite_people
from partners.models import Invitation
from partners.roles import Role
from tests.world import Net

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def people(net: Net, count: int, **values: Any) -> list[PersonToInvite]:
    dealer = str(net.partners["dealer_a"].uid)
    return [
        PersonToInvite(**{"email": f"p{n}@person.example", "name": f"P {n}", "partner": dealer, **values})
        for n in range(count)
    ]


def start(net: Net, rows: list[PersonToInvite], by: str = "owner_a") -> Job:
    with network_context(net.network):
        return invite_people(people=rows, actor=net.actor(by), at=timezone.now())


def run(net: Net, job: Job) -> Job:
    run_job(net.network.pk, job.pk)
    with network_context(net.network):
        return Job.objects.get(pk=job.pk)


def test_each_is_invited_and_mailed_once(committed_world: tuple[Net, Net]) -> None:
    net = committed_world[0]
    rows = people(net, 45)
    rows[3] = PersonToInvite("bad@person.example", "Rival", str(net.partners["dealer_b"].uid))
    rows[4] = PersonToInvite("Sales_A@voltara.example", "Known", str(net.partners["dealer_a"].uid))
    job = run(net, start(net, rows))
    assert (job.state, job.done, job.total) == ("done", 45, 45)
    assert (job.result["invited"], job.result["already"]) == (43, 1)
    assert [one["row"] for one in job.result["refused"]] == [4]
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == 43

    again = run(net, start(net, rows))
    assert (again.result["invited"], again.result["already"]) == (0, 44)
    assert len(mail.outbox) == 43
    with network_context(net.network):
        assert Invitation.objects.count() == 43


def test_a_job_that_died_half_way_goes_on(committed_world: tuple[Net, Net]) -> None:
    net = committed_world[0]
    rows = people(net, 30)
    job = start(net, rows)
    with network_context(net.network):
        dealer = net.partners["dealer_a"]
        for person in rows[:10]:
            invite_person(
                email=person.email, name=person.name, partner=dealer, role=Role.PARTNER_OWNER,
                actor=net.actor("owner_a"), at=timezone.now(), in_bulk=True,
            )  # fmt: skip
    done = run(net, job)
    assert (done.result["invited"], done.result["already"]) == (20, 10)
    assert len(mail.outbox) == 30


def test_who_may_not_manage_people_starts_nothing(committed_world: tuple[Net, Net]) -> None:
    net = committed_world[0]
    with pytest.raises(NotAllowed):
        start(net, people(net, 1), by="sales_a")
    with pytest.raises(Invalid):
        start(net, [])
