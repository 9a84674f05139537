"""Rows of the table: applying, applications, and what deciders do with them."""

from collections.abc import Iterator
from typing import Any

from tests.access import expected as who
from tests.access.expected import CHANNEL, READ_APPLICATIONS
from tests.access.routes import (
    Method,
    Route,
    Thing,
    Things,
    api,
    as_id,
    get,
    in_sight,
    no_page,
    of_rows,
    page,
    post,
    public,
    step,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody
from tests.access.stage import Stage

applications = of_rows("applications")
WHY = {"reason": "because"}


def takes_live(person: str, zone: str) -> bool:
    return person == "administrator"


def always_possible(_zone: str) -> bool:
    return True


def never_possible(_zone: str) -> bool:
    return False


def place(stage: Stage, zone: str) -> dict[str, Any]:
    """A parent and a territory that whoever sees the application sees as well."""
    return {
        "parent": str(stage.net.partners[f"distributor_{zone}"].uid),
        "territory": str(stage.net.territories[f"{zone}_a"].uid),
    }


def partner_to_be(stage: Stage, zone: str) -> dict[str, Any]:
    return {"code": "new-one", **place(stage, zone)}


def facts(stage: Stage, zone: str) -> dict[str, Any]:
    applicant = {"organisation": "Other", "contact_name": "Somebody", "email": "somebody@new.example"}
    return {**applicant, **place(stage, zone)}


VERBS: dict[str, tuple[Any, Any, Any]] = {
    "move-on": (who.decides_application, always_possible, {"to": "questionnaire"}),
    "hold": (who.decides_application, always_possible, WHY),
    "resume": (who.decides_application, never_possible, {}),
    "reject": (who.decides_application, always_possible, WHY),
    "withdraw": (who.decides_application, always_possible, WHY),
    "go-live": (takes_live, never_possible, partner_to_be),
    "link": (who.sees_applicant, always_possible, {}),
    "revoke": (who.sees_applicant, always_possible, {}),
}
"""Name → who may, whether it is possible with an enquiry, and what it asks for."""
ITEM_VERBS: dict[str, tuple[Any, dict[str, Any]]] = {
    "tick": (always_possible, {}),
    "waive": (always_possible, WHY),
    "reopen": (never_possible, {}),
}


def items(stage: Stage) -> Iterator[Thing]:
    for zone, row in stage.applications.items():
        yield Thing(zone, {"uid": row.uid, "item": stage.checklists[zone].uid}, zone)


def verb_page(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return page(
        "partners:application-verb",
        get(step(who.sees_application, allowed, always_possible, 200, READ_APPLICATIONS)),
        post(step(who.sees_application, allowed, possible, 302, READ_APPLICATIONS), body),
        things=with_args(applications, verb=name),
    )


def verb_endpoint(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return api(
        f"api:application-{name}",
        post(step(who.sees_application, allowed, possible, 200), body),
        things=as_id(applications),
    )


def item_page(name: str) -> Route:
    possible, body = ITEM_VERBS[name]
    shown = step(who.sees_application, who.settles_items, always_possible, 200, READ_APPLICATIONS)
    done = step(who.sees_application, who.settles_items, possible, 302, READ_APPLICATIONS)
    things: Things = with_args(items, verb=name)
    return page("partners:application-item", get(shown), post(done, body), things=things)


def item_endpoint(name: str) -> Route:
    possible, body = ITEM_VERBS[name]

    def values(stage: Stage, zone: str) -> dict[str, Any]:
        return {"item": str(stage.checklists[zone].uid), **body}

    return api(
        f"api:application-{name}",
        post(step(who.sees_application, who.settles_items, possible, 200), values),
        things=as_id(applications),
    )


def new_application(_stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "kind": "dealer",
        "organisation": "New One",
        "contact_name": "Somebody New",
        "email": "somebody@new.example",
        "postal_code": "NA1",
        "consent": True,
    }


def on_paper(_stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "kind": "dealer",
        "organisation": "New One",
        "contact_name": "Somebody New",
        "email": "somebody@new.example",
        "postal_code": "NA1",
        "consent": "on",
    }


def adds(person: str, _known: Any) -> int:
    """Who adds one in another zone does not see it afterwards."""
    if person not in CHANNEL:
        return 403
    return 204 if person == "zone_south" else 201


APPLICATION_PAGES = [
    page(
        "partners:applications",
        get(those(READ_APPLICATIONS)),
        get(those(READ_APPLICATIONS), "export=csv"),
        get(those(READ_APPLICATIONS), "q=Applicant&state=enquiry&order=oldest"),
        get(those(READ_APPLICATIONS), "waiting=true"),
    ),
    page("partners:application-new", get(those(CHANNEL)), post(those(CHANNEL, 302), on_paper)),
    page(
        "partners:application-board",
        get(those(READ_APPLICATIONS)),
        get(those(READ_APPLICATIONS), "kind=dealer"),
    ),
    page(
        "partners:application",
        get(in_sight(READ_APPLICATIONS, who.sees_application)),
        things=applications,
    ),
    *(verb_page(name) for name in VERBS),
    page(
        "partners:application-verb",
        get(step(who.sees_application, who.sees_applicant, always_possible, 200, READ_APPLICATIONS)),
        post(step(who.sees_application, who.sees_applicant, always_possible, 302, READ_APPLICATIONS), facts),
        things=with_args(applications, verb="change"),
    ),
    no_page(
        "partners:application-verb",
        get(everybody(404)),
        post(everybody(404)),
        things=with_args(applications, verb="explode"),
    ),
    *(item_page(name) for name in ITEM_VERBS),
    no_page(
        "partners:application-item",
        get(everybody(404)),
        things=with_args(items, verb="explode"),
    ),
]
APPLICATION_ENDPOINTS = [
    api(
        "api:application-list",
        get(everybody(200)),
        get(everybody(200), "q=Applicant&limit=2"),
        get(everybody(200), "waiting=true"),
        post(adds, new_application),
    ),
    api("api:application-detail", get(visible(who.sees_application)), things=as_id(applications)),
    api(
        "api:application-detail",
        Method(
            "PATCH",
            step(who.sees_application, who.sees_applicant, always_possible, 200),
            {"organisation": "Other name"},
        ),
        things=as_id(applications),
    ),
    api("api:application-questionnaire", get(visible(who.sees_application)), things=as_id(applications)),
    *(verb_endpoint(name) for name in VERBS),
    *(item_endpoint(name) for name in ITEM_VERBS),
]
APPLYING = [
    public("partners:apply", get(everybody(200))),
    public(
        "partners:apply-as",
        get(everybody(200)),
        post(everybody(422)),
        things=lambda _stage: [Thing("dealer", {"kind": "dealer"})],
    ),
    public(
        "partners:apply-as",
        get(everybody(404)),
        things=lambda _stage: [Thing("retailer", {"kind": "retailer"})],
    ),
    public("partners:apply-thanks", get(everybody(200))),
    public(
        "partners:progress",
        get(everybody(404)),
        post(everybody(404)),
        things=lambda _stage: [Thing("wrong", {"token": "0000:1111"})],
    ),
]
"""What the right personal link opens is tried in tests/partners."""
