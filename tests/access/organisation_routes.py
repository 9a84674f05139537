"""Rows of the table: the shape of the organisation, as pages and as endpoints."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from dnm.accounts.tenancy import network_context
from partners.models import Authorisation
from tests.access import expected as who
from tests.access.expected import DESK, MEMBERS
from tests.access.routes import (
    Expect,
    Thing,
    api,
    as_id,
    below_the_brand,
    get,
    in_sight,
    page,
    partners,
    post,
    territories,
    those,
    visible,
)
from tests.access.routes import always as everybody
from tests.access.stage import Stage

ADMINISTRATOR = {"administrator"}


def goal_of(key: str) -> str:
    """A partner to which the named one may go."""
    return (
        "distributor_north" if key in {"distributor_south", "dealer_c", "dealer_d"} else "distributor_south"
    )


def move_by_page(stage: Stage, key: str) -> dict[str, Any]:
    return {"parent": goal_of(key), "reason": "because"}


def move_by_api(stage: Stage, key: str) -> dict[str, Any]:
    return {"parent": str(stage.net.partners[goal_of(key)].uid), "reason": "because"}


def moves_by_api(person: str, key: str) -> int:
    """Out of sight 404; a goal out of sight is no choice (422); both in sight need the right (403)."""
    if not who.sees_partner(person, key):
        return 404
    if person == "administrator":
        return 200
    return 403 if who.sees_partner(person, goal_of(key)) else 422


def authorise_by_page(stage: Stage, _key: str) -> dict[str, Any]:
    line = stage.net.lines["pumps"]
    return {"product_line": str(line.uid), "activity": "parts", "valid_from": "2026-01-01"}


def authorise_by_api(stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "partner": str(stage.net.partners["dealer_a"].uid),
        "product_line": "pumps",
        "activity": "parts",
        "valid_from": "2026-01-01",
    }


def authorises_by_api(person: str, _known: Any) -> int:
    """A partner that is out of sight is no choice (422); one in sight needs the right (403)."""
    if person == "administrator":
        return 201
    return 403 if who.sees_partner(person, "dealer_a") else 422


def authorisations(stage: Stage) -> Iterator[Thing]:
    """dealer_a's right for parts, bought from the other distributor."""
    with network_context(stage.net.network):
        row, _made = Authorisation.objects.get_or_create(
            network=stage.net.network,
            partner=stage.net.partners["dealer_a"],
            product_line=stage.net.lines["drives"],
            activity="service",
            supplier=stage.net.partners["distributor_south"],
            defaults={"valid_from": date(2026, 1, 1)},
        )
    yield Thing("dealer_a's drives", {"uid": row.uid}, row)


def sees_authorisation(person: str, _known: Any) -> bool:
    """Whoever sees the partner. The one that supplies the line is a rival of those above it."""
    return who.sees_partner(person, "dealer_a")


def ends(status: int) -> Expect:
    def expect(person: str, known: Any) -> int:
        if person not in MEMBERS:
            return 403 if status == 302 else 404
        if not sees_authorisation(person, known):
            return 404
        return status if person == "administrator" else 403

    return expect


def ends_get(person: str, known: Any) -> int:
    found = ends(302)(person, known)
    return 200 if found == 302 else found


END = {"valid_to": "2099-01-01"}
ORGANISATION_PAGES = [
    page("partners:authorisations", get(those(MEMBERS)), get(those(MEMBERS), "export=csv")),
    page(
        "partners:authorise",
        get(in_sight(ADMINISTRATOR, who.sees_partner)),
        post(in_sight(ADMINISTRATOR, who.sees_partner, 302), authorise_by_page),
        things=below_the_brand,
    ),
    page("partners:end-authorisation", get(ends_get), post(ends(302), END), things=authorisations),
    page(
        "partners:move",
        get(in_sight(ADMINISTRATOR, who.sees_partner)),
        post(in_sight(ADMINISTRATOR, who.sees_partner, 302), move_by_page),
        things=below_the_brand,
    ),
    page(
        "partners:drop-move",
        post(lambda person, _key: 404 if person in ADMINISTRATOR else 403),
        things=below_the_brand,
    ),
]
ORGANISATION_ENDPOINTS = [
    api(
        "api:authorisation-list",
        get(everybody(200)),
        get(everybody(200), "time=running&exclusive=false"),
        post(authorises_by_api, authorise_by_api),
    ),
    api("api:authorisation-detail", get(visible(sees_authorisation)), things=as_id(authorisations)),
    api("api:authorisation-end", post(ends(200), END), things=as_id(authorisations)),
    api("api:partner-move", post(moves_by_api, move_by_api), things=as_id(below_the_brand)),
]
ORGANISATION_PAGES += [
    page("partners:tree", get(those(MEMBERS))),
    page("partners:tree-of", get(in_sight(MEMBERS, who.sees_partner)), things=partners),
    page("partners:coverage", get(those(DESK))),
    page("partners:map", get(those(MEMBERS))),
    page("partners:map-of", get(those(MEMBERS)), things=territories),
]
