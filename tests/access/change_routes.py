"""Rows of the table: change requests."""

from typing import Any

from tests.access import expected as who
from tests.access.expected import MEMBERS, READ_CHANGES
from tests.access.routes import (
    Route,
    api,
    as_id,
    below_the_brand,
    get,
    in_sight,
    no_page,
    of_rows,
    page,
    post,
    step,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody
from tests.access.stage import Stage

changes = of_rows("changes")
WHY = {"reason": "because"}
PLACE = {"address": "Other Road 1", "postal_code": "2", **WHY}
OWNERSHIP = {"legal_name": "Other", "owner_name": "Somebody", **WHY}


def is_draft(partner: str) -> bool:
    return partner == "distributor_south"


def is_submitted(partner: str) -> bool:
    return partner == "dealer_a"


def any_state(_partner: str) -> bool:
    return True


VERBS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "submit": (who.asks_for_change, is_draft, {}),
    "approve": (who.decides_change, is_submitted, {}),
    "reject": (who.decides_change, is_submitted, WHY),
    "withdraw": (who.asks_for_change, any_state, WHY),
}
"""Name → who may, from which state, and what it asks for."""


def verb_page(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return page(
        "partners:change-verb",
        get(step(who.sees_change, allowed, any_state, 200, READ_CHANGES)),
        post(step(who.sees_change, allowed, possible, 302, READ_CHANGES), body),
        things=with_args(changes, verb=name),
    )


def verb_endpoint(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return api(
        f"api:change-request-{name}",
        post(step(who.sees_change, allowed, possible, 200), body),
        things=as_id(changes),
    )


def new_by_api(stage: Stage, _known: Any) -> dict[str, Any]:
    return {"partner": str(stage.net.partners["dealer_a"].uid), "kind": "ownership", **OWNERSHIP}


def asks_by_api(person: str, _known: Any) -> int:
    """A partner out of sight is no choice (422); one in sight needs the right (403)."""
    if not who.sees_partner(person, "dealer_a"):
        return 422
    return 201 if who.asks_for_change(person, "dealer_a") else 403


CHANGE_PAGES = [
    page(
        "partners:changes",
        get(those(READ_CHANGES)),
        get(those(READ_CHANGES), "export=csv"),
        get(those(READ_CHANGES), "state=submitted&kind=bank"),
    ),
    page("partners:change", get(in_sight(READ_CHANGES, who.sees_change)), things=changes),
    *(verb_page(name) for name in VERBS),
    no_page(
        "partners:change-verb",
        get(everybody(404)),
        post(everybody(404)),
        things=with_args(changes, verb="explode"),
    ),
    page(
        "partners:change-edit",
        get(step(who.sees_change, who.asks_for_change, is_draft, 200, READ_CHANGES)),
        post(step(who.sees_change, who.asks_for_change, is_draft, 302, READ_CHANGES), PLACE),
        things=changes,
    ),
    page(
        "partners:request-change",
        get(step(who.sees_partner, who.asks_for_change, any_state, 200, MEMBERS)),
        post(step(who.sees_partner, who.asks_for_change, any_state, 302, MEMBERS), OWNERSHIP),
        things=with_args(below_the_brand, kind="ownership"),
    ),
    no_page(
        "partners:request-change",
        get(everybody(404)),
        things=with_args(below_the_brand, kind="explode"),
    ),
    page(
        "partners:detail",
        get(in_sight(MEMBERS, who.sees_partner), "tab=changes"),
        things=below_the_brand,
    ),
]
CHANGE_ENDPOINTS = [
    api(
        "api:change-request-list",
        get(everybody(200)),
        get(everybody(200), "state=submitted&limit=2"),
        post(asks_by_api, new_by_api),
    ),
    api("api:change-request-detail", get(visible(who.sees_change)), things=as_id(changes)),
    *(verb_endpoint(name) for name in VERBS),
]
