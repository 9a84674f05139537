"""The table: every address of the portal, on which things it is tried, and who gets what.

A row names the route, the things of the stage it is asked for, and for each method the status that a member
gets. Strangers get what the kind of the route says. A route without a row fails, and a row without a route.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.access import expected as who
from tests.access.stage import Scene, Stage

Expect = Callable[[str, Any], int]
"""(person, thing) → status."""
ANY, UNCHECKED = 0, -1
"""Any status but a server error; and any at all (health of the machine). Words are checked always."""
Body = dict[str, Any] | Callable[[Stage, Any], dict[str, Any]]


@dataclass(frozen=True)
class Thing:
    """What a route is asked for: a name for messages, the address's arguments, and what is known of it."""

    name: str
    args: dict[str, Any]
    known: Any = None


Things = Callable[[Stage], Iterable[Thing]]


@dataclass(frozen=True)
class Method:
    """One method of a route. `query` follows the question mark."""

    name: str
    expect: Expect
    body: Body = field(default_factory=dict)
    query: str = ""


@dataclass(frozen=True)
class Route:
    """One row of the table. `kind`: page, api, public (the same for everybody), or login (allauth's own).

    `address` stands for routes that share their name with others: the path, with the arguments in braces.
    """

    name: str
    kind: str
    methods: tuple[Method, ...]
    things: Things = lambda _stage: [Thing("", {})]
    strangers: dict[str, int] = field(default_factory=dict)
    address: str = ""

    def path(self, args: dict[str, Any]) -> str:
        return self.address.format(**args) if self.address else reverse(self.name, kwargs=args)


PAGE_STRANGERS = {"anonymous": 302, "locked": 403, "removed": 403, "deactivated": 302, "foreigner": 302}
API_STRANGERS = dict.fromkeys(PAGE_STRANGERS, 401)


def get(expect: Expect, query: str = "") -> Method:
    return Method("GET", expect, query=query)


def post(expect: Expect, body: Body | None = None) -> Method:
    return Method("POST", expect, body or {})


def always(status: int) -> Expect:
    return lambda _person, _thing: status


def those(allowed: Iterable[str], status: int = 200) -> Expect:
    """A page with a capability: the others are told that it is not for them."""
    members = frozenset(allowed)
    return lambda person, _thing: status if person in members else 403


def in_sight(enters: Iterable[str], sees: Callable[[str, Any], bool], status: int = 200) -> Expect:
    """A page about one thing: 403 without the capability anywhere, 404 out of sight."""
    members = frozenset(enters)

    def expect(person: str, thing: Any) -> int:
        if person not in members:
            return 403
        return status if sees(person, thing) else 404

    return expect


def visible(sees: Callable[[str, Any], bool], status: int = 200) -> Expect:
    """An endpoint about one thing: 404 out of sight, whatever the role."""
    return lambda person, thing: status if sees(person, thing) else 404


def no_page(name: str, *methods: Method, things: Things) -> Route:
    """An address with a word in it that nothing answers to: nobody is asked who they are."""
    return Route(name, "page", methods, things, dict.fromkeys(PAGE_STRANGERS, 404))


def page(name: str, *methods: Method, things: Things | None = None) -> Route:
    return Route(name, "page", methods, things or (lambda _stage: [Thing("", {})]), PAGE_STRANGERS)


def api(name: str, *methods: Method, things: Things | None = None) -> Route:
    return Route(name, "api", methods, things or (lambda _stage: [Thing("", {})]), API_STRANGERS)


def public(name: str, *methods: Method, things: Things | None = None) -> Route:
    return Route(name, "public", methods, things or (lambda _stage: [Thing("", {})]))


# -- things -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """An offer with its scene."""

    scene: Scene
    partner: str

    @property
    def offer(self) -> Any:
        return self.scene.offers[self.partner]


def scenes(stage: Stage) -> Iterator[Thing]:
    for name, scene in stage.scenes.items():
        yield Thing(name, {"uid": scene.lead.uid}, scene)


def offers(stage: Stage) -> Iterator[Thing]:
    for name, scene in stage.scenes.items():
        for partner, offer in scene.offers.items():
            yield Thing(f"{name} to {partner}", {"uid": offer.uid}, Offered(scene, partner))


def partners(stage: Stage) -> Iterator[Thing]:
    for key, partner in stage.net.partners.items():
        yield Thing(key, {"uid": partner.uid}, key)


def below_the_brand(stage: Stage) -> Iterator[Thing]:
    return (thing for thing in partners(stage) if thing.known != "brand")


def territories(stage: Stage) -> Iterator[Thing]:
    for key, territory in stage.net.territories.items():
        yield Thing(key, {"uid": territory.uid}, key)


def lines(stage: Stage) -> Iterator[Thing]:
    for key, line in stage.net.lines.items():
        yield Thing(key, {"uid": line.uid}, key)


def of_rows(rows: str) -> Things:
    """Rows of the stage by the name of whose they are."""

    def things(stage: Stage) -> Iterator[Thing]:
        for name, row in getattr(stage, rows).items():
            yield Thing(name, {"uid": row.uid}, name)

    return things


def with_args(things: Things, **more: Any) -> Things:
    """The same things, with further arguments in the address."""

    def wider(stage: Stage) -> Iterator[Thing]:
        for thing in things(stage):
            yield Thing(thing.name, {**thing.args, **more}, thing.known)

    return wider


def as_id(things: Things) -> Things:
    """The API calls it id."""

    def renamed(stage: Stage) -> Iterator[Thing]:
        for thing in things(stage):
            yield Thing(thing.name, {"id": str(thing.args["uid"])}, thing.known)

    return renamed


# -- expectations of more than one table ------------------------------------------------------------------


def sees_offer(person: str, thing: Offered) -> bool:
    return who.sees_offer(person, thing.scene, thing.partner)


def step(
    sees: Callable[[str, Any], bool],
    allowed: Callable[[str, Any], bool],
    possible: Callable[[Any], bool],
    done: int | Callable[[str, Any], int],
    enters: Iterable[str] | None = None,
) -> Expect:
    """A verb: 403 without a way in, 404 out of sight, 403 not allowed, 409 not now, else done."""
    members = None if enters is None else frozenset(enters)

    def expect(person: str, thing: Any) -> int:
        if members is not None and person not in members:
            return 403
        if not sees(person, thing):
            return 404
        if not allowed(person, thing):
            return 403
        if not possible(thing):
            return 409
        return done(person, thing) if callable(done) else done

    return expect
