"""Rows of the table: partners, territories and people, as pages and as endpoints."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.access import expected as who
from tests.access.expected import DESK, MEMBERS, OWNERS, STAFF
from tests.access.routes import (
    Method,
    Route,
    Thing,
    api,
    as_id,
    below_the_brand,
    get,
    in_sight,
    lines,
    page,
    partners,
    post,
    step,
    territories,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody
from tests.access.stage import Stage

STEPS = {
    "begin_onboarding": {"prospect"},
    "go_live": {"onboarding"},
    "suspend": {"live"},
    "resume": {"suspended"},
    "begin_exit": {"live", "suspended"},
    "close": {"exiting"},
}
"""A partner's steps, and from which states they lead on."""
WHY = {"reason": "because"}
SEES_PEOPLE = STAFF | OWNERS
MANAGES = OWNERS | {"administrator"}


def new_partner(stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "code": "new-one",
        "trade_name": "New One",
        "kind": "dealer",
        "parent": stage.net.partners["distributor_north"].uid,
        "territory": stage.net.territories["north"].uid,
        "state": "prospect",
    }


def new_partner_by_api(stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "code": "new-one",
        "trade_name": "New One",
        "kind": "dealer",
        "parent": str(stage.net.partners["dealer_a"].uid),
        "territory": str(stage.net.territories["north"].uid),
    }


def adds_by_api(person: str, _thing: Any) -> int:
    """A parent that is out of sight is no choice (422); one in sight needs the right (403)."""
    if person == "administrator":
        return 201
    return 403 if who.sees_partner(person, "dealer_a") else 422


def facts(stage: Stage, key: str) -> dict[str, Any]:
    partner = stage.net.partners[key]
    territories = {territory.pk: territory.uid for territory in stage.net.territories.values()}
    return {
        "trade_name": "Other name",
        "kind": partner.kind,
        "territory": territories[partner.territory_id],
    }


def person_to_add(_stage: Stage, _known: Any) -> dict[str, Any]:
    return {"name": "New Person", "email": "new.person@new.example", "role": "sales"}


def possible(name: str) -> Callable[[str], bool]:
    """Every partner of the stage is live but the suspended one."""
    return lambda key: ("suspended" if key == "dealer_s" else "live") in STEPS[name]


def step_page(name: str) -> Route:
    return page(
        "partners:transition",
        get(step(who.sees_partner, who.may_change_partner, lambda _key: True, 200, MEMBERS)),
        post(step(who.sees_partner, who.may_change_partner, possible(name), 302, MEMBERS), WHY),
        things=with_args(below_the_brand, transition=name),
    )


def step_endpoint(name: str) -> Route:
    return api(
        f"api:partner-{name.replace('_', '-')}",
        post(step(who.sees_partner, who.may_change_partner, possible(name), 200), WHY),
        things=as_id(below_the_brand),
    )


def members(stage: Stage) -> Iterator[Thing]:
    for name, seat in who.CARD.items():
        yield Thing(name, {"uid": stage.net.members[name].uid}, (name, seat))


def sees_member(person: str, known: tuple[str, str]) -> bool:
    return who.sees_member(person, known[1])


def locks(person: str, known: tuple[str, str]) -> int:
    """Locking, and ending a membership."""
    name, seat = known
    if person not in SEES_PEOPLE:
        return 403
    if not sees_member(person, known):
        return 404
    if not who.manages_member(person, name, seat):
        return 403
    return 409 if name == person else 302


def unlocks(person: str, known: tuple[str, str]) -> int:
    """They are all active: nothing to unlock."""
    status = locks(person, known)
    return 409 if status == 302 else status


PARTNER_PAGES = [
    page(
        "partners:list",
        get(those(MEMBERS)),
        get(those(MEMBERS), "export=csv"),
        get(those(MEMBERS), "q=dealer"),
    ),
    page("partners:new", get(those({"administrator"})), post(those({"administrator"}, 302), new_partner)),
    page("partners:detail", get(in_sight(MEMBERS, who.sees_partner)), things=partners),
    page(
        "partners:edit",
        get(in_sight(DESK, who.sees_partner)),
        post(in_sight(DESK, who.sees_partner, 302), facts),
        things=below_the_brand,
    ),
    *map(step_page, STEPS),
    page(
        "partners:transition",
        get(lambda person, _key: 404 if person in MEMBERS else 403),
        things=with_args(below_the_brand, transition="explode"),
    ),
    page(
        "partners:new-member",
        get(in_sight(MANAGES, who.manages_people)),
        post(in_sight(MANAGES, who.manages_people, 302), person_to_add),
        things=below_the_brand,
    ),
    page("partners:territories", get(those(MEMBERS)), get(those(MEMBERS), "export=csv")),
    page("partners:territory", get(those(MEMBERS)), things=territories),
    page("partners:people", get(those(SEES_PEOPLE))),
    page("partners:member", get(in_sight(SEES_PEOPLE, sees_member)), things=members),
    page("partners:member-state", post(locks), things=with_args(members, verb="lock")),
    page("partners:member-state", post(unlocks), things=with_args(members, verb="unlock")),
]
PARTNER_ENDPOINTS = [
    api(
        "api:partner-list",
        get(everybody(200)),
        get(everybody(200), "q=dealer&limit=2"),
        post(adds_by_api, new_partner_by_api),
    ),
    api("api:partner-detail", get(visible(who.sees_partner)), things=as_id(partners)),
    api(
        "api:partner-detail",
        Method(
            "PATCH", step(who.sees_partner, who.may_change_partner, lambda _key: True, 200), {"phone": "1"}
        ),
        things=as_id(below_the_brand),
    ),
    *map(step_endpoint, STEPS),
    api("api:territory-list", get(everybody(200))),
    api(
        "api:territory-detail",
        get(lambda person, _key: 200 if person in MEMBERS else 404),
        things=as_id(territories),
    ),
    api("api:product-line-list", get(everybody(200))),
    api(
        "api:product-line-detail",
        get(lambda person, _key: 200 if person in MEMBERS else 404),
        things=as_id(lines),
    ),
]
