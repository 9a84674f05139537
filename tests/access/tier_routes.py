"""Rows of the table: tiers and standings."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access import expected as who
from tests.access.expected import MEMBERS, OWNERS, STAFF
from tests.access.routes import always as everybody
from tests.access.routes import api, as_id, get, in_sight, of_rows, page, post, step, those, visible
from tests.access.stage import Stage

tiers = of_rows("tiers")
standings = of_rows("standings")
READ = STAFF | OWNERS
WHY = {"reason": "because"}


def always_possible(_partner: str) -> bool:
    return True


def is_by_hand(partner: str) -> bool:
    return partner == "distributor_south"


def another_tier(stage: Stage, _partner: Any) -> dict[str, Any]:
    until = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"tier": str(stage.tiers["silver"].uid), "until": until, **WHY}


TIER_PAGES = [
    page(
        "partners:tiers",
        get(those(READ)),
        get(those(READ), "export=csv"),
        get(those(READ), "course=rising&order=oldest"),
    ),
    page("partners:tier-ladder", get(those(READ))),
    page(
        "partners:tier-override",
        get(step(who.sees_standing, who.sets_tier, always_possible, 200, READ)),
        post(step(who.sees_standing, who.sets_tier, always_possible, 302, READ), another_tier),
        things=standings,
    ),
    page(
        "partners:tier-end-override",
        get(step(who.sees_standing, who.sets_tier, always_possible, 200, READ)),
        post(step(who.sees_standing, who.sets_tier, is_by_hand, 302, READ), WHY),
        things=standings,
    ),
    page(
        "partners:detail",
        get(in_sight(MEMBERS, who.sees_partner), "tab=tier"),
        things=of_rows("tiered"),
    ),
]
TIER_ENDPOINTS = [
    api("api:tier-list", get(everybody(200)), get(everybody(200), "limit=2")),
    api("api:tier-detail", get(visible(lambda person, _tier: person in READ)), things=as_id(tiers)),
    api(
        "api:tier-standing-list",
        get(everybody(200)),
        get(everybody(200), "course=falling&limit=2"),
    ),
    api("api:tier-standing-detail", get(visible(who.sees_standing)), things=as_id(standings)),
    api(
        "api:tier-standing-override",
        post(step(who.sees_standing, who.sets_tier, always_possible, 200), another_tier),
        things=as_id(standings),
    ),
    api(
        "api:tier-standing-end-override",
        post(step(who.sees_standing, who.sets_tier, is_by_hand, 200), WHY),
        things=as_id(standings),
    ),
]
