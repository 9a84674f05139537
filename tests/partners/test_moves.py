"""Moving a partner: rights, refusals in words, the record, later days, the job and its page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.jobs.models import Job, JobState
from dnm.jobs.running import run_job
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.scoping.moves import TreeMove
from dnm.web.timeline import lines_about
from leads.models import Lead
from leads.permissions import LeadCapability
from partners.domain.moves import carry_out_due_moves, drop_move, finish_left_moves, move_partner
from partners.domain.partners import create_partner
from partners.domain.people import lock_member
from partners.models import Partner, PartnerMove
from tests.world import NOW, Net

DAY = timedelta(days=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def move(
    net: Net, partner: str = "dealer_a", parent: str = "distributor_south", **values: Any
) -> PartnerMove:
    values = {"reason": "New contract", "actor": net.actor("administrator"), "at": NOW, **values}
    return move_partner(partner=net.partners[partner], parent=net.partners[parent], **values)


def test_the_tree_is_right_at_once_and_the_rows_follow(voltara: Net) -> None:
    lead = voltara.accepted()
    with network_context(voltara.network):
        done = move(voltara)
        retailer = Partner.objects.get(code="retailer_a")
        ids = [voltara.partners[key].pk for key in ("brand", "distributor_south", "dealer_a", "retailer_a")]
        assert str(retailer.path) == ".".join(map(str, ids))
        assert done.from_parent == voltara.partners["distributor_north"]
        assert done.tree_move.closed_at is None
        job = Job.objects.get(kind="partners.rewrite_levels")
        run_job(voltara.network.pk, job.pk)
        job.refresh_from_db()
        assert (job.state, job.result, job.percent) == (JobState.DONE, {"rewritten": 2}, 100)
        lead.refresh_from_db()
        assert lead.partner_2 == ids[1]
        assert str(lead.recorded_path).split(".")[1] == str(voltara.partners["distributor_north"].pk)
        assert not TreeMove.objects.filter(closed_at=None).exists()


def test_without_rows_it_is_over_at_once(voltara: Net) -> None:
    with network_context(voltara.network):
        assert move(voltara, "dealer_b").tree_move.closed_at is not None
        assert not Job.objects.exists()


@pytest.mark.parametrize("member", ["owner_north", "owner_a", "zone_north", "auditor"])
def test_only_administrators_move(voltara: Net, member: str) -> None:
    with network_context(voltara.network), pytest.raises(NotAllowed):
        move(voltara, actor=voltara.actor(member))


@pytest.mark.parametrize(
    ("partner", "parent", "words"),
    [
        ("dealer_a", "distributor_north", "already"),
        ("dealer_a", "retailer_a", "stands below it"),
        ("dealer_a", "dealer_a", "itself"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(voltara: Net, partner: str, parent: str, words: str) -> None:
    with network_context(voltara.network):
        with pytest.raises(Invalid, match=words) as refused:
            move(voltara, partner, parent)
        assert set(refused.value.fields) == {"parent"}
        with pytest.raises(Invalid, match="reason"):
            move(voltara, reason=" ")
        with pytest.raises(NotAllowed):
            move(voltara, "brand")
        assert not PartnerMove.objects.exists()


def test_too_deep_is_refused_by_name(voltara: Net) -> None:
    with network_context(voltara.network):
        node = voltara.partners["dealer_c"]
        for number in range(4):
            node = create_partner(
                code=f"deep{number}",
                trade_name=f"Deep {number}",
                kind="retailer",
                parent=node,
                territory=node.territory,
                actor=voltara.system,
                at=NOW,
            )
        voltara.partners["deep"] = node
        with pytest.raises(Invalid, match=r"Voltara retailer_a would stand on level 9; .* at most 8"):
            move(voltara, "dealer_a", "deep")


def test_a_parent_of_another_network_is_out_of_reach(voltara: Net, nordwerk: Net) -> None:
    with network_context(voltara.network), pytest.raises(NotAllowed):
        move_partner(
            partner=voltara.partners["dealer_a"],
            parent=nordwerk.partners["distributor_south"],
            reason="x",
            actor=voltara.actor("administrator"),
            at=NOW,
        )


def test_one_move_at_a_time_in_words(voltara: Net) -> None:
    voltara.accepted()
    with network_context(voltara.network):
        move(voltara)
        with pytest.raises(Conflict) as refused:
            move(voltara, "distributor_north", "distributor_south")
        assert refused.value.code == "move-under-way"


def test_the_record_names_places_to_administrators_only(voltara: Net) -> None:
    """The timeline says that it moved; the former upstream's name is not for the new one."""
    with network_context(voltara.network):
        done = move(voltara)
        partner = voltara.partners["dealer_a"]
        event = Event.objects.about(partner).get(kind="partners.partner_moved")
        assert event.payload == {"move": str(done.uid)}
        told = " ".join(
            f"{line.title} {line.detail}"
            for line in lines_about(partner, everything=False, request=RequestFactory().get("/"))
        )
        assert "Moved in the organisation" in told
        assert "distributor" not in told


def test_a_later_day(voltara: Net) -> None:
    """Planned, then carried out on its day in the network's time zone, under the orderer's rights."""
    with network_context(voltara.network):
        planned = move(voltara, effective_on=NOW.date() + 2 * DAY)
        assert planned.is_planned
        with pytest.raises(Conflict):
            move(voltara)
    assert carry_out_due_moves(network_id=voltara.network.pk, at=NOW + DAY) == 0
    assert carry_out_due_moves(network_id=voltara.network.pk, at=NOW + 2 * DAY) == 1
    with network_context(voltara.network):
        planned.refresh_from_db()
        assert planned.done_at == NOW + 2 * DAY
        assert Partner.objects.get(code="dealer_a").parent == voltara.partners["distributor_south"]


def test_a_day_in_the_past_is_refused(voltara: Net) -> None:
    with network_context(voltara.network), pytest.raises(Invalid, match="today or later"):
        move(voltara, effective_on=NOW.date() - DAY)


def test_a_planned_move_is_called_off_once(voltara: Net) -> None:
    with network_context(voltara.network):
        planned = move(voltara, effective_on=NOW.date() + DAY)
        admin = voltara.actor("administrator")
        drop_move(move=planned, actor=admin, at=NOW)
        with pytest.raises(Conflict):
            drop_move(move=planned, actor=admin, at=NOW)
        move(voltara, "dealer_a", "distributor_south")


def test_whoever_ordered_it_must_still_be_allowed(voltara: Net) -> None:
    with network_context(voltara.network):
        planned = move(voltara, effective_on=NOW.date() + DAY)
        lock_member(membership=voltara.members["administrator"], actor=voltara.system, at=NOW)
    assert carry_out_due_moves(network_id=voltara.network.pk, at=NOW + DAY) == 0
    with network_context(voltara.network):
        planned.refresh_from_db()
        assert planned.dropped_at
        assert "not a member" in planned.dropped_why


def test_a_move_whose_job_died_is_finished_by_the_clock(voltara: Net) -> None:
    """Cancelled, failed, or ordered by the system: the move does not stay open."""
    lead = voltara.accepted()
    with network_context(voltara.network):
        move(voltara)
    assert finish_left_moves(network_id=voltara.network.pk) == 0, "its job lives"
    with network_context(voltara.network):
        Job.objects.update(state=JobState.CANCELLED)
    assert finish_left_moves(network_id=voltara.network.pk) == 1
    with network_context(voltara.network):
        assert lead in Lead.objects.visible_to(voltara.actor("owner_south"), LeadCapability.VIEW)


def test_the_page_the_tab_and_the_button(client: Client, voltara: Net) -> None:
    voltara.accepted()
    client.force_login(voltara.members["administrator"].user, backend=BACKEND)
    session = client.session
    session["network"] = voltara.network.pk
    session.save()
    host = {"host": voltara.host}
    url = f"/partners/{voltara.partners['dealer_a'].uid}/"
    assert "Never moved" in client.get(f"{url}?tab=organisation", headers=host).content.decode()
    refused = client.post(f"{url}move/", {"parent": "nowhere", "reason": "x"}, headers=host)
    assert refused.status_code == 422
    assert "no such partner" in refused.content.decode()
    order = {"parent": "distributor_south", "reason": "New contract"}
    done = client.post(f"{url}move/", order, headers=host)
    assert done.status_code == 302
    told = client.get(done["Location"], headers=host).content.decode()
    assert "Voltara distributor_north → Voltara distributor_south" in told
    assert "New contract" in told
    other = f"/partners/{voltara.partners['dealer_b'].uid}/"
    client.post(f"{other}move/", {**order, "effective_on": "2099-01-01"}, headers=host)
    assert "Call off" in client.get(f"{other}?tab=organisation", headers=host).content.decode()
    assert client.post(f"{other}drop-move/", headers=host).status_code == 302
    assert client.post(f"{other}drop-move/", headers=host).status_code == 404


def test_the_endpoint(client: Client, voltara: Net) -> None:
    body = {"parent": str(voltara.partners["distributor_south"].uid), "reason": "New contract"}
    url = f"/api/v1/partners/{voltara.partners['dealer_a'].uid}/move/"
    answer = client.post(url, body, content_type="application/json", headers=voltara.bearer("administrator"))
    assert answer.status_code == 200, answer.content
    assert answer.json()["to_parent"]["id"] == body["parent"]
    assert answer.json()["rows_follow"] is False
    again = client.post(url, body, content_type="application/json", headers=voltara.bearer("administrator"))
    assert again.status_code == 422
    assert "parent" in again.json()["errors"]
