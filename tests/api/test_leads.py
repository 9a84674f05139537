"""Leads and offers over the API: the way of one lead, and who sees what of it on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from leads.domain.clocks import process_lead
from leads.models import Lead
from leads.states import LeadState
from tests.api.calling import ENQUIRY, Caller, assert_problem
from tests.world import Net

Call = Callable[[str], Caller]
CONTACT = {"name", "phone", "email", "address"}
TRACES = ("Asha", "Verma", "asha@example.org", "9810012345", "98100")


def routed(net: Net, lead_id: str) -> None:
    """What the worker does after the commit."""
    with network_context(net.network):
        lead = Lead.objects.get(uid=lead_id)
        process_lead(lead_id=lead.pk, actor=net.system, at=timezone.now())


def test_the_way_of_a_lead(caller: Call, voltara: Net) -> None:
    administrator, sales, rival = caller("administrator"), caller("sales_a"), caller("sales_b")
    posted = administrator.post("leads/", ENQUIRY | {"message": "Call 98100 12345 or Asha"})
    assert posted.status_code == 201
    lead = posted.json()
    assert (lead["state"], lead["offer"], lead["partner"]) == ("new", None, None)
    assert (lead["product_line"], lead["phone"], lead["source"]) == ("pumps", "+919810012345", "api")
    assert lead["territory"]["code"] == "north_a"
    routed(voltara, lead["id"])
    at_lead = f"leads/{lead['id']}/"
    lead = administrator.get(at_lead).json()
    assert lead["state"] == "offered"
    assert lead["offer"]["partner"] == {
        "id": str(voltara.partners["dealer_a"].uid),
        "name": "Voltara dealer_a",
    }
    assert lead["actions"] == []
    [offer] = sales.get("offers/").json()["results"]
    assert (offer["id"], offer["state"], offer["actions"]) == (
        lead["offer"]["id"],
        "pending",
        ["accept", "decline"],
    )
    assert offer["distance_km"] == pytest.approx(1.11, abs=0.05)
    assert sales.get(at_lead).status_code == rival.get(at_lead).status_code == 404
    assert rival.get("offers/").json()["results"] == []
    accepted = sales.post(f"offers/{offer['id']}/accept/")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    lead = sales.get(at_lead).json()
    assert (lead["state"], lead["name"], lead["hidden"]) == ("accepted", "Asha Verma", [])
    assert lead["actions"] == ["contact", "lose", "recycle"]
    assert sales.post(at_lead + "contact/", {"proof": "called"}).json()["state"] == "contacted"
    assert sales.post(at_lead + "qualify/").json()["state"] == "qualified"
    assert sales.post(at_lead + "quote/").json()["state"] == "quoted"
    won = sales.post(at_lead + "win/", {"proof_of_sale": "SO-1"}).json()
    assert (won["state"], won["proof_of_sale"], won["offer"]) == ("won", "SO-1", None)
    assert rival.get(at_lead).status_code == 404


def test_no_contact_data_before_acceptance_nor_after_losing_the_offer(caller: Call, voltara: Net) -> None:
    body = ENQUIRY | {"message": "I am Asha Verma, 98100 12345, asha@example.org"}
    uid = caller("administrator").post("leads/", body).json()["id"]
    routed(voltara, uid)
    sales = caller("sales_a")

    def seen() -> str:
        offers = sales.get("offers/")
        [offer] = offers.json()["results"]
        detail = sales.get(f"offers/{offer['id']}/")
        answers = [
            offers,
            detail,
            sales.get("leads/"),
            sales.get(f"leads/{uid}/"),
            sales.get("leads/", q="Asha"),
        ]
        return "".join(answer.content.decode() for answer in answers)

    offer_id = sales.get("offers/").json()["results"][0]["id"]
    assert not [trace for trace in TRACES if trace in seen()]
    declined = sales.post(f"offers/{offer_id}/decline/", {"reason": "too_far", "note": "Not this week"})
    assert (declined.json()["state"], declined.json()["decline_reason"]) == ("declined", "too_far")
    assert not [trace for trace in TRACES if trace in seen()]


def test_after_release_the_owner_sees_it_no_more(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted(**ENQUIRY | {"product_line": voltara.lines["pumps"]}, at=timezone.now())
    sales = caller("sales_a")
    assert sales.get(f"leads/{lead.uid}/").json()["name"] == "Asha Verma"
    answer = caller("administrator").post(f"leads/{lead.uid}/recycle/", {"reason": "not called"})
    assert answer.json()["state"] == "routing"
    assert sales.get(f"leads/{lead.uid}/").status_code == 404
    text = sales.get("offers/").content.decode()
    assert '"released"' in text
    assert not [trace for trace in TRACES if trace in text]


@pytest.mark.parametrize(
    ("who", "sees_contact"),
    [
        ("administrator", True),
        ("zone_north", True),
        ("programme", True),
        ("auditor", False),
        ("finance", False),
        ("owner_north", False),
        ("owner_a", True),
        ("sales_a", True),
    ],
)
def test_masks(caller: Call, voltara: Net, who: str, sees_contact: bool) -> None:
    told = {"product_line": voltara.lines["pumps"], "message": "Asha here, 98100 12345"}
    lead = voltara.accepted(**ENQUIRY | told, at=timezone.now())
    shown = caller(who).get(f"leads/{lead.uid}/").json()
    listed = caller(who).get("leads/").json()["results"][0]
    assert shown == listed
    assert (shown["name"] == "Asha Verma") == sees_contact
    assert set(shown["hidden"]) >= CONTACT or sees_contact
    assert all(shown[field] is None for field in shown["hidden"])
    assert bool([trace for trace in TRACES if trace in str(shown)]) == sees_contact


@pytest.mark.parametrize(
    "who", ["warehouse_a", "service_a", "sales_b", "zone_south", "owner_south", "nobody"]
)
def test_out_of_sight(caller: Call, voltara: Net, who: str) -> None:
    lead = voltara.accepted(at=timezone.now())
    assert caller(who).get("leads/").json()["results"] == []
    assert caller(who).get("offers/").json()["results"] == []
    assert_problem(caller(who).get(f"leads/{lead.uid}/"), 404, "not-found")
    assert_problem(caller(who).post(f"leads/{lead.uid}/lose/", {"reason": "x"}), 404, "not-found")


def test_the_desk(caller: Call, voltara: Net) -> None:
    uid = caller("administrator").post("leads/", ENQUIRY | {"postal_code": "000"}).json()["id"]
    routed(voltara, uid)
    desk = caller("administrator")
    lead = desk.get(f"leads/{uid}/").json()
    assert lead["state"] == "desk"
    assert lead["desk_reason"] == "no_place"
    assert set(lead["actions"]) == {"reject", "offer", "reroute"}
    dealer = voltara.partners["dealer_c"]
    offered = desk.post(f"leads/{uid}/offer/", {"partner": str(dealer.uid)})
    assert offered.json()["offer"]["partner"]["id"] == str(dealer.uid)
    withdrawn = desk.post(f"offers/{offered.json()['offer']['id']}/withdraw/", {"reason": "mistake"})
    assert withdrawn.json()["state"] == "withdrawn"
    assert desk.get(f"leads/{uid}/").json()["state"] == LeadState.ROUTING


def test_a_partner_of_another_network_or_zone_cannot_be_named(
    caller: Call, voltara: Net, nordwerk: Net
) -> None:
    uid = caller("administrator").post("leads/", ENQUIRY | {"postal_code": "000"}).json()["id"]
    routed(voltara, uid)
    for partner in (nordwerk.partners["dealer_a"].uid, "x", None, 7):
        answer = caller("administrator").post(f"leads/{uid}/offer/", {"partner": partner and str(partner)})
        assert set(assert_problem(answer, 422, "invalid")["errors"]) == {"partner"}


def test_an_intake_is_idempotent_within_its_source(caller: Call) -> None:
    administrator = caller("administrator")
    body = ENQUIRY | {"source": "campaign", "external_id": "c-1"}
    first, again = administrator.post("leads/", body), administrator.post("leads/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = administrator.post("leads/", body | {"source": "fair"})
    assert other.json()["id"] != first.json()["id"]


def test_a_lead_out_of_the_senders_sight_is_taken_in(caller: Call, voltara: Net) -> None:
    answer = caller("zone_north").post("leads/", ENQUIRY | {"postal_code": "SA1"})
    assert (answer.status_code, answer.content) == (204, b"")
    [row] = caller("zone_south").get("leads/").json()["results"]
    assert row["name"] == "Asha Verma"


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        ("contact", {}, "proof"),
        ("contact", {"proof": ""}, "proof"),
        ("contact", {"proof": "x" * 501}, "proof"),
        ("lose", {"reason": " "}, "reason"),
        ("recycle", {}, "reason"),
        ("qualify", {"note": "x"}, "note"),
        ("lose", {"reason": "price", "rival": "x"}, "rival"),
    ],
)
def test_steps_read_strictly(caller: Call, voltara: Net, address: str, body: Any, field: str) -> None:
    lead = voltara.accepted(at=timezone.now())
    answer = caller("sales_a").post(f"leads/{lead.uid}/{address}/", body)
    assert set(assert_problem(answer, 422, "invalid")["errors"]) == {field}
