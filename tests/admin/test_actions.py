"""Actions call the verbs, row by row, and say what became of each."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.jobs.models import Job, JobState
from leads.domain import clocks
from leads.models import Lead, Offer
from partners.models import Partner
from tests.admin.visiting import Visitor, row_path, visit
from tests.world import NOW, Net

PARTNERS, LEADS, OFFERS = "/admin/partners/partner/", "/admin/leads/lead/", "/admin/leads/offer/"
MEMBERS = "/admin/accounts/membership/"


@pytest.fixture
def admin(voltara: Net) -> Visitor:
    return visit(voltara, "administrator")


def fresh(net: Net, row: Any) -> Any:
    with network_context(net.network):
        return type(row).objects.get(pk=row.pk)


def happened(net: Net, kind: str, row: Any) -> int:
    with network_context(net.network):
        return Event.objects.filter(kind=kind, subject_id=row.pk, via="session").count()


def on_desk(net: Net) -> Lead:
    lead = net.lead(postal_code="000000")
    with network_context(net.network):
        clocks.process_lead(lead_id=lead.pk, actor=net.system, at=NOW)
    found: Lead = fresh(net, lead)
    assert found.state == "desk"
    return found


def test_suspending_asks_for_a_reason_first(voltara: Net, admin: Visitor) -> None:
    partner = voltara.partners["dealer_a"]
    page = admin.act(PARTNERS, "suspend", partner)
    text = page.content.decode()
    assert (page.status_code, 'name="reason"' in text, "Voltara dealer_a" in text) == (200, True, True)
    assert fresh(voltara, partner).state == "live"
    again = admin.act(PARTNERS, "suspend", partner, apply="1", reason="")
    assert (again.status_code, fresh(voltara, partner).state) == (422, "live")
    done = admin.act(PARTNERS, "suspend", partner, apply="1", reason="Stock check")
    assert (done.status_code, done["Location"]) == (302, PARTNERS)
    assert fresh(voltara, partner).state == "suspended"
    assert happened(voltara, "partners.partner_state_changed", partner) == 1
    assert "Stock check" in admin.text(row_path(partner).replace("change", "history"))
    assert not LogEntry.objects.exists()


def test_each_row_is_told_of(voltara: Net, admin: Visitor) -> None:
    first, second = voltara.partners["dealer_a"], voltara.partners["dealer_b"]
    admin.act(PARTNERS, "suspend", first, apply="1", reason="x")
    admin.text(PARTNERS)
    admin.act(PARTNERS, "suspend", first, second, apply="1", reason="x")
    text = admin.text(PARTNERS)
    assert "Voltara dealer_a: Somebody was faster" in text
    assert "Voltara dealer_b: done (Suspend)." in text
    assert fresh(voltara, second).state == "suspended", "one refusal does not keep the others back"
    assert happened(voltara, "partners.partner_state_changed", first) == 1
    admin.act(PARTNERS, "resume", first, second)
    assert {fresh(voltara, one).state for one in (first, second)} == {"live"}


def test_the_rows_page_offers_what_its_state_allows(voltara: Net, admin: Visitor) -> None:
    partner = voltara.partners["dealer_a"]
    text = admin.text(row_path(partner))
    assert [verb for verb in ("suspend", "resume", "close") if f'name="action" value="{verb}"' in text] == [
        "suspend"
    ]
    done = admin.act(PARTNERS, "suspend", partner, apply="1", reason="x", on_row="1")
    assert done["Location"] == row_path(partner)
    assert 'value="resume"' in admin.text(row_path(partner))
    assert 'value="suspend"' not in admin.text(row_path(partner))


def test_an_unknown_action_and_no_row_do_nothing(voltara: Net, admin: Visitor) -> None:
    assert admin.act(PARTNERS, "delete_selected", voltara.partners["dealer_a"]).status_code == 302
    assert "No action selected." in admin.text(PARTNERS)
    assert admin.act(PARTNERS, "resume").status_code == 302
    assert "Items must be selected" in admin.text(PARTNERS)
    with network_context(voltara.network):
        assert Partner.objects.count() == len(voltara.partners)


def test_the_desk_routes_again_rejects_and_offers_by_hand(voltara: Net, admin: Visitor) -> None:
    again, invalid, by_hand = on_desk(voltara), on_desk(voltara), on_desk(voltara)
    admin.act(LEADS, "reroute", again)
    assert fresh(voltara, again).state == "routing"
    assert happened(voltara, "leads.lead_returned", again) == 1
    admin.act(LEADS, "reject", invalid, apply="1", reason="A joke")
    assert fresh(voltara, invalid).state == "invalid"
    dealer = voltara.partners["dealer_b"]
    refused = admin.act(LEADS, "offer", by_hand, apply="1", partner=str(voltara.members["sales_a"].uid))
    assert refused.status_code == 422
    admin.act(LEADS, "offer", by_hand, apply="1", partner=str(dealer.uid))
    assert fresh(voltara, by_hand).state == "offered"
    with network_context(voltara.network):
        assert Offer.objects.get(lead=by_hand).partner == dealer
    admin.act(LEADS, "reroute", by_hand)
    assert "Somebody was faster" in admin.text(LEADS)
    assert fresh(voltara, by_hand).state == "offered"


def test_an_owned_lead_is_given_back(voltara: Net, admin: Visitor) -> None:
    lead = voltara.accepted()
    assert 'value="recycle"' in admin.text(row_path(lead))
    assert 'value="recycle"' not in visit(voltara, "auditor").text(row_path(lead))
    admin.act(LEADS, "recycle", lead, apply="1", reason="Owner is ill")
    assert fresh(voltara, lead).state == "routing"


def test_an_offer_is_withdrawn(voltara: Net, admin: Visitor) -> None:
    offer = voltara.offered()
    admin.act(OFFERS, "withdraw", offer, apply="1", reason="Wrong city")
    assert fresh(voltara, offer).state == "withdrawn"
    assert happened(voltara, "leads.offer_withdrawn", offer) == 1
    admin.act(OFFERS, "withdraw", offer, apply="1", reason="Again")
    assert "Somebody was faster" in admin.text(OFFERS)


def test_a_zone_manager_acts_in_the_zone(voltara: Net) -> None:
    offer = voltara.offered()
    south, north = visit(voltara, "zone_south"), visit(voltara, "zone_north")
    south.act(OFFERS, "withdraw", offer, apply="1", reason="Mine")
    assert fresh(voltara, offer).state == "pending"
    north.act(OFFERS, "withdraw", offer, apply="1", reason="Mine")
    assert fresh(voltara, offer).state == "withdrawn"


def test_a_member_is_locked_and_let_in_again(voltara: Net, admin: Visitor) -> None:
    member, zone = voltara.members["zone_north"], visit(voltara, "zone_north")
    zone.text("/admin/")
    admin.act(MEMBERS, "lock", member, apply="1")
    zone.text("/admin/", status=403)
    assert happened(voltara, "partners.member_locked", member) == 1
    admin.act(MEMBERS, "unlock", member)
    zone.text("/admin/")


def test_nobody_locks_himself_out(voltara: Net, admin: Visitor) -> None:
    own = voltara.members["administrator"]
    assert "Somebody else must do this to you." in admin.text(row_path(own))
    admin.act(MEMBERS, "lock", own, apply="1")
    assert "You cannot lock yourself out." in admin.text("/admin/")


def test_a_zone_manager_locks_nobody(voltara: Net) -> None:
    zone, member = visit(voltara, "zone_north"), voltara.members["sales_a"]
    assert 'value="lock"' not in zone.text(row_path(member))
    zone.act(MEMBERS, "lock", member, apply="1")
    assert fresh(voltara, member).state == "active"


def test_a_dead_delivery_is_sent_again(voltara: Net, admin: Visitor) -> None:
    voltara.offered()
    path = "/admin/events/delivery/"
    with network_context(voltara.network):
        dead, other = Delivery.objects.order_by("id")[:2]
        Delivery.objects.filter(pk=dead.pk).update(
            state=DeliveryState.DEAD,
            attempts=8,
            error="ValueError: broken",
            due_at=timezone.now() + timedelta(1),
        )
    assert "ValueError: broken" in admin.text(row_path(dead))
    auditor = visit(voltara, "auditor")
    assert 'value="retry"' not in auditor.text(row_path(dead))
    auditor.act(path, "retry", dead)
    assert fresh(voltara, dead).state == DeliveryState.DEAD
    admin.act(path, "retry", dead, other)
    sent = fresh(voltara, dead)
    assert (sent.state, sent.attempts) == (DeliveryState.PENDING, 0)
    assert sent.due_at <= timezone.now()
    assert happened(voltara, "events.delivery_retried", dead) == 1
    assert happened(voltara, "events.delivery_retried", other) == 0
    assert "This delivery has not failed for good." in admin.text(path)


def test_ones_own_job_is_cancelled_and_nobody_elses(voltara: Net, admin: Visitor) -> None:
    with network_context(voltara.network):
        jobs = [
            Job.objects.create(membership=voltara.members[name], kind="x", title=f"{name}'s", created_at=NOW)
            for name in ("administrator", "auditor")
        ]
    path = "/admin/jobs/job/"
    text = admin.text(path)
    assert ("administrator&#x27;s" in text, "auditor&#x27;s" in text) == (True, False)
    admin.text(row_path(jobs[1]), status=404)
    admin.act(path, "cancel", *jobs)
    assert [fresh(voltara, job).state for job in jobs] == [JobState.CANCELLED, JobState.QUEUED]
