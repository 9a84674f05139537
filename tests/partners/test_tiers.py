"""Tiers: what earns them, when it counts, and what other apps are told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.tiers import entitlement, tier_at
from partners.domain.tiers.ladder import put_criterion, remove_part
from partners.domain.tiers.projecting import run_night
from partners.domain.tiers.queries import standing_of
from partners.domain.tiers.reviewing import end_override, next_review, override_tier
from partners.domain.tiers.telling import told
from partners.models import Partner, Tier, TierReview, TierStanding
from tests.partners.climbing import night, reached, set_up, standing
from tests.world import NOW, Net

TODAY = NOW.date()
REVIEW = date(2027, 1, 1)
DAY = timedelta(days=1)


def name_of(tier: Tier | None) -> str:
    return tier.name if tier else ""


def steps(net: Net, partner: str = "dealer_a") -> list[str]:
    """What happened to the partner's tier, oldest first."""
    with network_context(net.network):
        rows = TierReview.objects.filter(partner=net.partners[partner].pk).order_by("pk")
        return list(rows.values_list("outcome", flat=True))


def test_a_change_counts_from_the_review_on(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 4)
    row = night(voltara)
    assert (name_of(row.tier), name_of(row.earned), row.review_on) == ("Bronze", "Silver", REVIEW)
    with network_context(voltara.network):
        assert told(row, "INR") == "Silver is earned and counts from Jan 1, 2027"
    row = night(voltara, REVIEW)
    assert (name_of(row.tier), row.review_on) == ("Silver", date(2027, 4, 1))
    assert steps(voltara) == ["entered", "promoted"]


def test_the_projection_says_what_is_missing(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 3)
    reached(voltara, "leads.acceptance", 6, 10)
    night(voltara)
    night(voltara, REVIEW)
    row = standing(voltara)
    with network_context(voltara.network):
        assert told(row, "INR") == "2 won leads and lead acceptance of 80% to Gold"
    lines = row.projection["next"]["lines"]
    assert [(line["actual"], line["is_met"]) for line in lines] == [("3.00", False), ("60.00", False)]


def test_any_of_the_criteria_is_enough_where_the_tier_says_so(voltara: Net) -> None:
    set_up(voltara, match="any")
    reached(voltara, "leads.acceptance", 9, 10)
    row = night(voltara)
    assert name_of(row.earned) == "Gold"


def test_a_rate_over_too_few_is_none(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 9)
    reached(voltara, "leads.acceptance", 2, 2)
    row = night(voltara)
    assert name_of(row.earned) == "Silver"


def test_only_the_last_days_and_the_own_figures_count(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 9, day=TODAY - 90 * DAY)
    reached(voltara, "leads.won", 9, partner="retailer_a")
    assert name_of(night(voltara).earned) == "Bronze"
    reached(voltara, "leads.won", 3, day=TODAY - 88 * DAY)
    assert name_of(night(voltara, TODAY + DAY).earned) == "Silver"


def test_a_tier_is_lost_after_one_grace_period(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 4)
    night(voltara)
    night(voltara, REVIEW)
    reached(voltara, "leads.won", 0)
    row = night(voltara, date(2027, 4, 1))
    assert (name_of(row.tier), row.is_in_grace, row.review_on) == ("Silver", True, date(2027, 5, 1))
    with network_context(voltara.network):
        assert told(row, "INR") == "Silver is lost on May 1, 2027 without 3 won leads"
    row = night(voltara, date(2027, 5, 1))
    assert (name_of(row.tier), row.is_in_grace) == ("Bronze", False)
    assert steps(voltara) == ["entered", "promoted", "grace", "demoted"]


def test_earned_again_within_the_grace_it_is_kept(voltara: Net) -> None:
    set_up(voltara)
    reached(voltara, "leads.won", 4)
    night(voltara)
    night(voltara, REVIEW)
    night(voltara, date(2027, 4, 1))
    reached(voltara, "leads.won", 5, day=date(2027, 4, 20))
    row = night(voltara, date(2027, 5, 1))
    assert (name_of(row.tier), row.is_in_grace) == ("Silver", False)
    assert steps(voltara) == ["entered", "promoted", "grace", "kept"]


def test_a_night_is_worked_once_and_caught_up(voltara: Net) -> None:
    set_up(voltara)
    assert run_night(voltara.network.pk, NOW) == 5
    assert run_night(voltara.network.pk, NOW + timedelta(hours=1)) == 0
    assert run_night(voltara.network.pk, NOW + 3 * DAY) == 5
    assert steps(voltara) == ["entered"]


def test_an_override_has_a_reason_and_an_end(voltara: Net) -> None:
    tiers = set_up(voltara)
    row = night(voltara)
    with network_context(voltara.network):
        actor = voltara.actor("programme")
        gold = {"tier": tiers["Gold"], "until": TODAY + 10 * DAY, "reason": "Opened the flagship store"}
        for wrong in ({"reason": " "}, {"until": TODAY - DAY}, {"until": TODAY + 400 * DAY}):
            with pytest.raises(Invalid):
                override_tier(standing=row, **{**gold, **wrong}, actor=actor, at=NOW)
        for name in ("zone_north", "owner_a", "auditor"):
            with pytest.raises(NotAllowed):
                override_tier(standing=row, **gold, actor=voltara.actor(name), at=NOW)
        row = override_tier(standing=row, **gold, actor=actor, at=NOW)
        assert name_of(row.now_held) == "Gold"
        with pytest.raises(DatabaseError), transaction.atomic():
            TierStanding.objects.filter(pk=row.pk).update(override_until=None)
    night(voltara, TODAY + 10 * DAY)
    assert name_of(standing(voltara).now_held) == "Gold"
    row = night(voltara, TODAY + 11 * DAY)
    assert (row.override_tier, name_of(row.now_held)) == (None, "Bronze")
    assert steps(voltara) == ["entered", "overridden", "override_ended"]


def test_an_override_is_ended_before_its_day(voltara: Net) -> None:
    tiers = set_up(voltara)
    row = night(voltara)
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        with pytest.raises(Conflict):
            end_override(standing=row, reason="Why", actor=actor, at=NOW)
        row = override_tier(
            standing=row, tier=tiers["Gold"], until=TODAY + DAY, reason="So", actor=actor, at=NOW
        )
        row = end_override(standing=row, reason="A mistake", actor=actor, at=NOW)
        assert name_of(row.now_held) == "Bronze"
        (event,) = Event.objects.filter(kind="partners.tier_reviewed", payload__outcome="override_ended")
        assert event.payload["reason"] == "A mistake"


def test_other_apps_ask_by_name_at_any_moment(voltara: Net) -> None:
    tiers = set_up(voltara)
    reached(voltara, "leads.won", 4)
    night(voltara)
    row = night(voltara, REVIEW)
    later = NOW + (REVIEW - TODAY) + DAY
    with network_context(voltara.network):
        partner = Partner.objects.get(pk=voltara.partners["dealer_a"].pk)
        assert entitlement(partner, "discount", NOW - DAY) == Decimal(0)
        assert entitlement(partner, "discount", NOW) == Decimal(2)
        assert entitlement(partner, "discount", later) == Decimal(4)
        assert entitlement(partner, "mdf", later) == Decimal(0)
        until = REVIEW + 10 * DAY
        actor = voltara.system
        override_tier(standing=row, tier=tiers["Gold"], until=until, reason="So", actor=actor, at=later)
        assert entitlement(partner, "discount", later) == Decimal(6)
        assert name_of(tier_at(partner, later + 30 * DAY)) == "Silver"
        with pytest.raises(LookupError):
            entitlement(partner, "moon", NOW)


def test_the_log_of_reviews_does_not_change(voltara: Net) -> None:
    set_up(voltara)
    night(voltara)
    with network_context(voltara.network), pytest.raises(DatabaseError), transaction.atomic():
        TierReview.objects.all().update(reason="Other")


def test_who_sees_where_a_partner_stands(voltara: Net) -> None:
    set_up(voltara)
    night(voltara)
    with network_context(voltara.network):
        partner = voltara.partners["dealer_a"]
        people = ("owner_a", "owner_north", "sales_a", "zone_north", "zone_south", "auditor", "programme")
        seen = {name for name in people if standing_of(partner.pk, voltara.actor(name)) is not None}
    assert seen == {"owner_a", "zone_north", "auditor", "programme"}


def test_the_ladder_is_checked(voltara: Net) -> None:
    tiers = set_up(voltara)
    night(voltara)
    with network_context(voltara.network):
        actor = voltara.actor("administrator")
        line: dict[str, Any] = {"tier": tiers["Gold"], "metric": "leads.moon", "operator": "gte", "value": 1}
        with pytest.raises(Invalid, match="no such figure"):
            put_criterion(values=line, actor=actor, at=NOW)
        with pytest.raises(NotAllowed):
            put_criterion(values={**line, "metric": "leads.won"}, actor=voltara.actor("programme"), at=NOW)
        with pytest.raises(Conflict, match="hold or held"):
            remove_part(part=tiers["Bronze"], actor=actor, at=NOW)
        remove_part(part=tiers["Gold"].criteria.first(), actor=actor, at=NOW)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("months", "today", "expected"),
    [
        (3, date(2026, 11, 23), date(2027, 1, 1)),
        (3, date(2027, 1, 1), date(2027, 4, 1)),
        (12, date(2026, 12, 31), date(2027, 1, 1)),
        (1, date(2026, 12, 5), date(2027, 1, 1)),
        (6, date(2027, 6, 30), date(2027, 7, 1)),
    ],
)
def test_reviews_fall_on_the_first_day_of_a_period(months: int, today: date, expected: date) -> None:
    assert next_review(Tier(review_months=months), today) == expected
