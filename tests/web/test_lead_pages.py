"""Leads and offers as pages: who sees what, and the way from offer to sale by hand."""

import re

import pytest

from dnm.accounts.tenancy import network_context
from leads.domain.clocks import process_lead
from leads.models import Lead, Offer
from leads.states import LeadState, OfferState
from leads.views.sketch import sketch
from tests.web.pages import Reader, text_of
from tests.world import NOW, Net


def test_before_acceptance_the_offer_page_gives_nobody_away(voltara: Net) -> None:
    offer = voltara.offered(message="Call me: +91 98765 43210, it is urgent")
    body = Reader(voltara, "sales_a").get(f"/offers/{offer.uid}/").content.decode()
    with network_context(voltara.network):
        lead = Lead.objects.get(pk=offer.lead_id)
    for secret in (lead.name, lead.phone, lead.email, "98765", str(lead.uid)):
        assert secret not in body
    assert "it is urgent" in body
    assert "after you accept" in body


def test_accepting_shows_the_customer(voltara: Net) -> None:
    offer = voltara.offered()
    reader = Reader(voltara, "sales_a")
    answer = reader.post(f"/offers/{offer.uid}/accept/")
    assert answer.status_code == 302
    text = text_of(reader.get(answer["Location"]))
    with network_context(voltara.network):
        lead = Lead.objects.get(pk=offer.lead_id)
    assert lead.name in text
    assert lead.phone in text
    assert "The lead is yours" in text


@pytest.mark.parametrize("name", ["sales_b", "sales_c", "warehouse_a", "service_a", "nobody", "retail_a"])
def test_others_do_not_find_the_offer(voltara: Net, name: str) -> None:
    offer = voltara.offered()
    assert Reader(voltara, name).get(f"/offers/{offer.uid}/").status_code in {403, 404}


def test_declining_takes_one_form_with_a_reason(voltara: Net) -> None:
    offer = voltara.offered()
    reader = Reader(voltara, "sales_a")
    assert reader.post(f"/offers/{offer.uid}/decline/", {"reason": "nonsense"}).status_code == 422
    answer = reader.post(f"/offers/{offer.uid}/decline/", {"reason": "too_far", "note": "two hours away"})
    assert answer.status_code == 302
    with network_context(voltara.network):
        offer.refresh_from_db()
    assert (offer.state, offer.decline_reason, offer.decline_note) == (
        OfferState.DECLINED,
        "too_far",
        "two hours away",
    )
    text = text_of(reader.get(f"/offers/{offer.uid}/"))
    assert "Declined: Too far." in text
    assert "Accept lead" not in text


def test_a_lead_is_worked_to_its_sale(voltara: Net) -> None:
    lead = voltara.accepted()
    reader = Reader(voltara, "sales_a")
    page = f"/leads/{lead.uid}/"
    assert "Log first contact" in text_of(reader.get(page))
    refused = reader.post(f"{page}contact/", {"proof": ""})
    assert refused.status_code == 422
    assert "Please look at this" in text_of(refused)
    for verb, values in (
        ("contact", {"proof": "called at ten"}),
        ("qualify", {}),
        ("quote", {}),
        ("win", {"proof_of_sale": "SO-1"}),
    ):
        assert reader.post(f"{page}{verb}/", values).status_code == 302, verb
    with network_context(voltara.network):
        lead.refresh_from_db()
    assert (lead.state, lead.proof_of_sale) == (LeadState.WON, "SO-1")
    assert reader.post(f"{page}lose/", {"reason": "late"}).status_code == 409


def test_verbs_without_the_right_are_refused(voltara: Net) -> None:
    lead = voltara.accepted()
    assert Reader(voltara, "auditor").post(f"/leads/{lead.uid}/qualify/").status_code == 403
    assert Reader(voltara, "sales_a").get(f"/leads/{lead.uid}/accept/").status_code == 404


def test_staff_read_why_and_partners_do_not(voltara: Net) -> None:
    lead = voltara.accepted()
    assert "Why it went where it went" in text_of(Reader(voltara, "zone_north").get(f"/leads/{lead.uid}/"))
    assert "Why it went" not in text_of(Reader(voltara, "sales_a").get(f"/leads/{lead.uid}/"))


def test_the_desk_offers_by_hand(voltara: Net) -> None:
    reader = Reader(voltara, "zone_south")
    lead = voltara.lead(postal_code="FAR1")
    with network_context(voltara.network):
        process_lead(lead_id=lead.pk, actor=voltara.system, at=NOW)
        lead.refresh_from_db()
        assert lead.state == LeadState.DESK
    assert str(lead.uid) in reader.get("/leads/desk/").content.decode()
    page = reader.get(f"/leads/{lead.uid}/offer/")
    assert "The partner" in text_of(page)
    wrong = reader.post(f"/leads/{lead.uid}/offer/", {"code": "dealer_a"})
    assert wrong.status_code == 422
    assert "There is no such partner in your territory." in text_of(wrong)
    assert reader.post(f"/leads/{lead.uid}/offer/", {"code": "dealer_c"}).status_code == 302
    with network_context(voltara.network):
        offer = Offer.objects.select_related("partner").get(lead=lead)
    assert offer.partner == voltara.partners["dealer_c"]


def test_a_lead_taken_down_by_hand(voltara: Net) -> None:
    reader = Reader(voltara, "zone_north")
    values = {
        "name": "Asha Rao",
        "phone": "98100 00001",
        "postal_code": "NA1",
        "source": "phone",
        "consent": "on",
        "product_line": "",
    }
    bad = reader.post("/leads/new/", {**values, "phone": "1", "consent": ""})
    assert bad.status_code == 422
    assert "Without consent nobody may call back." in text_of(bad)
    answer = reader.post("/leads/new/", values)
    assert answer.status_code == 302
    with network_context(voltara.network):
        lead = Lead.objects.get(name="Asha Rao")
    assert (lead.phone, lead.source) == ("+919810000001", "phone")
    assert answer["Location"] == f"/leads/{lead.uid}/"
    assert Reader(voltara, "sales_a").get("/leads/new/").status_code == 403


def test_the_small_map_points_the_right_way() -> None:
    north = sketch((28.60, 77.20), (28.70, 77.20), 11.1)
    assert str(north.direction) == "north"
    assert north.customer[1] < north.partner[1]
    west = sketch((28.60, 77.20), (28.60, 77.00), 19.5)
    assert str(west.direction) == "west"
    assert west.customer[0] < west.partner[0]
    for one in (north, west):
        for x, y in (one.partner, one.customer):
            assert 0 <= x <= one.width
            assert 0 <= y <= one.height


def test_the_clock_is_in_the_page_for_those_without_scripts(voltara: Net) -> None:
    offer = voltara.offered()
    body = Reader(voltara, "sales_a").get(f"/offers/{offer.uid}/").content.decode()
    assert re.search(r'<time class="state clock [^>]+data-clock[^>]*>[^<]+ left</time>', body)
