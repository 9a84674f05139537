"""The leads of the plan: as many as asked for, consistent in time, with seasons and the planted problems."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from dnm.demo.cascade import NOBODY
from dnm.demo.geography import distance_km
from dnm.demo.plan import NetworkPlan
from dnm.demo.problems import downstream
from dnm.demo.rows import PlannedLead, PlannedOffer
from dnm.demo.seasons import DAY, HOUR
from leads.states import DeskReason, LeadState, OfferState

WORKED = {"accepted", "contacted", "qualified", "quoted"}
Leads = list[PlannedLead]


@pytest.fixture(params=["voltara", "nordwerk"])
def network(request: pytest.FixtureRequest) -> tuple[NetworkPlan, Leads]:
    return request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_leads")


def offers_of(leads: Leads, partner: int) -> list[PlannedOffer]:
    return [offer for lead in leads for offer in lead.offers if offer.partner == partner]


def test_as_many_as_asked_for_and_the_fresh_ones(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    history = [lead for lead in leads if lead.number <= plan.lead_total]
    assert len(history) == plan.lead_total
    assert 10 <= len(leads) - len(history) <= 30
    assert len({lead.number for lead in leads}) == len(leads)


def test_history_is_in_order_and_within_the_months(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    created = [lead.created for lead in leads if lead.number <= plan.lead_total]
    assert created == sorted(created)
    assert plan.start <= created[0] < plan.start + 10 * DAY
    assert plan.now - DAY < created[-1] <= plan.now


def test_every_state_occurs(voltara_leads: Leads) -> None:
    states = Counter(lead.state for lead in voltara_leads)
    assert set(states) >= set(LeadState) - {LeadState.NEW, LeadState.ROUTING}
    offers = Counter(offer.state for lead in voltara_leads for offer in lead.offers)
    assert set(offers) == set(OfferState) - {OfferState.WITHDRAWN}
    assert 0.12 < states["won"] / (states["won"] + states["lost"]) < 0.3


def test_times_follow_one_another(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    for lead in leads:
        stages = [lead.created, lead.accepted, lead.contacted, lead.qualified, lead.quoted, lead.closed]
        known = [moment for moment in stages if moment is not None]
        assert known == sorted(known)
        assert lead.changed <= plan.now
        for offer in lead.offers:
            assert lead.created < offer.offered < offer.due
            assert offer.answered is None or offer.offered <= offer.answered <= offer.due
            assert offer.ended is None or (offer.answered is not None and offer.answered < offer.ended)
        for earlier, later in pairwise(lead.offers):
            assert later.offered > (earlier.ended or earlier.answered or plan.now)
            assert later.hop == earlier.hop + 1


def test_lead_and_offers_agree(network: tuple[NetworkPlan, Leads]) -> None:
    for lead in network[1]:
        live = [offer for offer in lead.offers if offer.state in {"pending", "accepted"}]
        assert len(live) <= 1
        assert (lead.state == "offered") == any(offer.state == "pending" for offer in live)
        if lead.state in WORKED:
            assert [offer.partner for offer in live] == [lead.partner]
        if lead.state in {"won", "lost"}:
            assert lead.offers[-1].state == "closed"
            assert lead.offers[-1].partner == lead.partner
            assert lead.closed == lead.offers[-1].ended
        if lead.state in {"desk", "waiting", "duplicate", "invalid", "offered"}:
            assert lead.partner is None
            assert lead.accepted is None
        assert bool(lead.reason) == (lead.state in {"lost", "desk", "invalid"})
        assert all(offer.reason for offer in lead.offers if offer.state == "declined")
        assert len({offer.partner for offer in lead.offers}) == len(lead.offers)


def test_offers_go_to_live_sellers_of_the_line_nearest_first(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    for lead in leads:
        for offer in lead.offers:
            partner = plan.partners[offer.partner]
            assert partner.kind in {"dealer", "sub_dealer", "retailer", "distributor"}
            assert lead.line in partner.lines
            assert partner.until is None or offer.offered <= partner.until + 2 * DAY
        if len(lead.offers) >= 2 and lead.number <= plan.lead_total:
            first, second = lead.offers[:2]
            exempt = second.by_hand or "distributor" in {
                plan.partners[offer.partner].kind for offer in (first, second)
            }
            assert exempt or first.kilometres <= second.kilometres + 0.01


def test_kilometres_are_great_circle(voltara: NetworkPlan, voltara_leads: Leads) -> None:
    for lead in voltara_leads[:500]:
        place = voltara.geography.places[lead.place]
        for offer in lead.offers:
            real = distance_km((place.latitude, place.longitude), voltara.partners[offer.partner].point)
            assert abs(real - offer.kilometres) < 2.0 + 0.02 * real


def test_nobody_has_more_open_leads_than_slots(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    load: Counter[int] = Counter()
    for lead in leads:
        load.update(offer.partner for offer in lead.offers if offer.state in {"pending", "accepted"})
    assert all(load[partner.number] <= partner.capacity for partner in plan.partners)


def test_waiting_leads_wait_for_partners_that_are_all_full(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    waiting = [lead for lead in leads if lead.number > plan.lead_total and lead.state == "waiting"]
    assert len(waiting) == 2
    load: Counter[int] = Counter()
    for lead in leads:
        load.update(offer.partner for offer in lead.offers if offer.state in {"pending", "accepted"})
    assert plan.filled
    assert all(0 < load[number] == capacity for number, capacity in plan.filled.items())
    assert all({"capacity"} <= {each.ruled_out for each in lead.considered} for lead in waiting)


def test_recent_leads_are_explained(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    for lead in (each for each in leads if each.created > plan.now - 30 * DAY):
        for offer in lead.offers:
            if offer.by_hand:
                continue
            chosen = [each for each in offer.considered if not each.ruled_out]
            assert [each.partner for each in chosen] == [offer.partner]
        if lead.state == "desk":
            assert all(each.ruled_out for each in lead.considered)
    assert any(lead.state == "desk" and lead.considered for lead in leads)


def test_diwali_is_the_peak_for_televisions_and_may_for_cooling(
    voltara: NetworkPlan, voltara_leads: Leads
) -> None:
    months: dict[int, Counter[str]] = defaultdict(Counter)
    for lead in voltara_leads:
        months[lead.line][datetime.fromtimestamp(lead.created, UTC).strftime("%Y-%m")] += 1
    assert months[0].most_common(1)[0][0] in {"2025-10", "2026-10"}
    assert months[2].most_common(1)[0][0] in {"2026-04", "2026-05"}
    assert months[0]["2025-10"] > 1.5 * months[0]["2025-07"]


def test_duplicates_repeat_somebody_who_asked_before(voltara_leads: Leads) -> None:
    by_number = {lead.number: lead for lead in voltara_leads}
    repeated = [lead for lead in voltara_leads if lead.state == "duplicate"]
    assert len(repeated) > 100
    for lead in repeated:
        earlier = by_number[lead.duplicate_of or 0]
        assert earlier.number < lead.number
        assert (earlier.person, earlier.place, earlier.line) == (lead.person, lead.place, lead.line)
        assert not lead.offers


def test_planted_weak_territory_wins_less_and_answers_later(
    voltara: NetworkPlan, voltara_leads: Leads
) -> None:
    def figures(weak: bool) -> tuple[float, float]:
        ended = [
            lead
            for lead in voltara_leads
            if lead.state in {"won", "lost"}
            and lead.partner is not None
            and (voltara.partners[lead.partner].state == voltara.problems.weak_territory) == weak
        ]
        delays = sorted(lead.contacted - lead.accepted for lead in ended if lead.contacted and lead.accepted)
        return sum(lead.state == "won" for lead in ended) / len(ended), delays[len(delays) // 2] / HOUR

    (weak_rate, weak_delay), (rate, delay) = figures(True), figures(False)
    assert weak_rate < 0.6 * rate
    assert weak_delay > 3 * delay


def test_planted_dealers_show_in_their_offers(voltara: NetworkPlan, voltara_leads: Leads) -> None:
    problems = voltara.problems
    slow = Counter(offer.state for offer in offers_of(voltara_leads, problems.slow_dealer))
    assert slow["lapsed"] > 0.2 * slow.total()
    declining = Counter(offer.state for offer in offers_of(voltara_leads, problems.declining_dealer))
    assert declining["declined"] > 0.4 * declining.total()
    forgotten = [lead for lead in voltara_leads if lead.partner == problems.forgetful_dealer]
    assert forgotten
    assert all(lead.state == "accepted" for lead in forgotten)
    assert any(voltara.now - (lead.accepted or 0) > 30 * DAY for lead in forgotten)


def test_planted_dormant_distributor_has_old_leads_only(voltara: NetworkPlan, voltara_leads: Leads) -> None:
    below = {partner.number for partner in downstream(voltara.partners, voltara.problems.dormant_distributor)}
    created = [lead.created for lead in voltara_leads if lead.partner in below]
    assert len(created) > 50
    assert max(created) < voltara.now - 180 * DAY


def test_planted_line_that_nobody_serves_lands_on_the_desk(
    voltara: NetworkPlan, voltara_leads: Leads
) -> None:
    problems, places = voltara.problems, voltara.geography.places
    sellers = [
        partner
        for partner in voltara.partners
        if partner.state in problems.unserved_territories
        and partner.kind in {"dealer", "sub_dealer", "retailer"}
        and problems.unserved_line in partner.lines
    ]
    assert not sellers
    given_up = [
        lead
        for lead in voltara_leads
        if lead.reason in {DeskReason.NOBODY_ELIGIBLE, NOBODY}
        and lead.line == problems.unserved_line
        and places[lead.place].state in problems.unserved_territories
    ]
    assert len(given_up) >= 3


def test_every_selling_login_finds_an_offer_with_a_running_clock(network: tuple[NetworkPlan, Leads]) -> None:
    plan, leads = network
    for number in plan.cast.selling():
        pending = [
            offer for offer in offers_of(leads, number) if offer.state == "pending" and offer.due > plan.now
        ]
        assert len(pending) >= 2
    fresh = leads[plan.lead_total :]
    assert any(len(lead.offers) > 1 and lead.state == "offered" for lead in fresh)
    assert Counter(lead.state for lead in fresh)["desk"] >= 2
