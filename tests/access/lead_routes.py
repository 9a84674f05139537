"""Rows of the table: leads and offers, as pages and as endpoints."""

from collections.abc import Callable
from typing import Any

from leads.states import LEAD_FLOW
from tests.access import expected as who
from tests.access.expected import DESK, READERS
from tests.access.routes import (
    Offered,
    Route,
    Things,
    api,
    as_id,
    get,
    in_sight,
    no_page,
    offers,
    page,
    post,
    public,
    scenes,
    sees_offer,
    step,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody
from tests.access.stage import Scene, Stage

WORK = dict.fromkeys(["contact", "qualify", "quote", "win", "lose"], who.may_work)
ADD = DESK | {"programme"}
VERBS: dict[str, Callable[[str, Scene], bool]] = {
    **WORK,
    "recycle": who.may_recycle,
    **dict.fromkeys(["offer", "reroute", "reject"], who.may_manage_desk),
}
VALUES: dict[str, dict[str, Any]] = {
    "contact": {"proof": "called"},
    "win": {"proof_of_sale": "SO-9"},
    "lose": {"reason": "too dear"},
    "recycle": {"reason": "not reached"},
    "reject": {"reason": "a joke"},
}


def possible(verb: str) -> Callable[[Scene], bool]:
    """From this state, by the table of transitions; offering by hand is for the queues of the desk."""
    sources = {"desk", "waiting"} if verb == "offer" else LEAD_FLOW[verb].sources
    return lambda scene: scene.state in sources


def near(stage: Stage, scene: Scene) -> Any:
    """A partner that whoever manages the desk there sees as well: one of the lead's zone."""
    return stage.net.partners["dealer_c" if scene.zone == "south" else "dealer_a"]


def page_values(verb: str) -> Any:
    if verb == "offer":
        return lambda stage, scene: {"code": near(stage, scene).code}
    return VALUES.get(verb, {})


def api_values(verb: str) -> Any:
    if verb == "offer":
        return lambda stage, scene: {"partner": str(near(stage, scene).uid)}
    return VALUES.get(verb, {})


def after_recycling(person: str, scene: Scene) -> int:
    """A partner's people lose sight of the lead by giving it back."""
    return 200 if person in who.STAFF else 204


def new_lead(stage: Stage, _known: Any) -> dict[str, Any]:
    return {
        "name": "Somebody New",
        "email": "somebody@new.example",
        "phone": "",
        "postal_code": "NX1",
        "source": "phone",
        "message": "",
        "product_line": "",
        "consent": "on",
    }


def new_lead_by_api(stage: Stage, _known: Any) -> dict[str, Any]:
    return {"name": "Somebody New", "email": "somebody@new.example", "postal_code": "NX1", "consent": True}


def adds_by_api(person: str, _known: Any) -> int:
    """Who adds one in another zone does not see it afterwards."""
    if person not in ADD:
        return 403
    return 204 if person == "zone_south" else 201


def verb_page(verb: str) -> Route:
    allowed = VERBS[verb]
    things: Things = with_args(scenes, verb=verb)
    return page(
        "leads:verb",
        get(step(who.sees_lead, allowed, lambda _scene: True, 200, READERS)),
        post(step(who.sees_lead, allowed, possible(verb), 302, READERS), page_values(verb)),
        things=things,
    )


def verb_endpoint(verb: str) -> Route:
    done = after_recycling if verb == "recycle" else 200
    return api(
        f"api:lead-{verb}",
        post(step(who.sees_lead, VERBS[verb], possible(verb), done), api_values(verb)),
        things=as_id(scenes),
    )


def is_pending(thing: Offered) -> bool:
    return str(thing.offer.state) == "pending"


def may_answer(person: str, thing: Offered) -> bool:
    return who.may_answer(person, thing.partner)


def may_withdraw(person: str, thing: Offered) -> bool:
    return who.may_manage_desk(person, thing.scene)


LEAD_PAGES = [
    page(
        "leads:list",
        get(those(READERS)),
        get(those(READERS), "export=csv"),
        get(those(READERS), "export=xlsx"),
        get(those(READERS), "q=Prospect"),
        get(those(READERS), "state=accepted&order=oldest&per=50"),
    ),
    page("leads:desk", get(those(DESK)), get(those(DESK), "export=csv")),
    page("leads:new", get(those(ADD)), post(those(ADD, 302), new_lead)),
    page("leads:detail", get(in_sight(READERS, who.sees_lead)), things=scenes),
    *(verb_page(verb) for verb in VERBS),
    no_page(
        "leads:verb",
        get(everybody(404)),
        post(everybody(404)),
        things=with_args(scenes, verb="explode"),
    ),
]
OFFER_PAGES = [
    page(
        "leads:offers",
        get(those(READERS)),
        get(those(READERS), "export=csv"),
        get(those(READERS), "state=lapsed"),
    ),
    page("leads:offer", get(in_sight(READERS, sees_offer)), things=offers),
    page(
        "leads:accept",
        post(step(sees_offer, may_answer, is_pending, 302, READERS)),
        things=offers,
    ),
    page(
        "leads:decline",
        post(step(sees_offer, may_answer, is_pending, 302, READERS), {"reason": "other"}),
        things=offers,
    ),
]
ENQUIRY = [
    public("leads:enquiry", get(everybody(200)), post(everybody(422))),
    public("leads:enquiry-thanks", get(everybody(200))),
]
LEAD_ENDPOINTS = [
    api(
        "api:lead-list",
        get(everybody(200)),
        get(everybody(200), "q=Prospect"),
        get(everybody(200), "order=oldest&limit=3"),
        post(adds_by_api, new_lead_by_api),
    ),
    api("api:lead-detail", get(visible(who.sees_lead)), things=as_id(scenes)),
    *(verb_endpoint(verb) for verb in VERBS),
]
OFFER_ENDPOINTS = [
    api("api:offer-list", get(everybody(200)), get(everybody(200), "state=pending&limit=2")),
    api("api:offer-detail", get(visible(sees_offer)), things=as_id(offers)),
    api("api:offer-accept", post(step(sees_offer, may_answer, is_pending, 200)), things=as_id(offers)),
    api(
        "api:offer-decline",
        post(step(sees_offer, may_answer, is_pending, 200), {"reason": "other"}),
        things=as_id(offers),
    ),
    api(
        "api:offer-withdraw",
        post(step(sees_offer, may_withdraw, is_pending, 200), {"reason": "by mistake"}),
        things=as_id(offers),
    ),
]
