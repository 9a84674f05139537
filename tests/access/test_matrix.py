"""Every page and every endpoint, as everybody, for everything: the status, and no word too much."""

import uuid
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from tests.access.admin_routes import ENTER
from tests.access.conftest import Visit
from tests.access.expected import FORMER, PEOPLE, STRANGERS
from tests.access.routes import ANY, UNCHECKED, Method, Route, Thing, always
from tests.access.secrets import found_in
from tests.access.stage import Stage
from tests.access.table import GROUPS, ROUTES, names
from tests.access.visiting import Visitor, text_in

NOT_FOR_TABLE = {"api:": "anything else below /api/ is 404"}


def test_every_route_has_a_row() -> None:
    assert set(names()) - {route.name for route in ROUTES} - NOT_FOR_TABLE.keys() == set()


def test_every_row_has_a_route() -> None:
    assert {route.name for route in ROUTES} - set(names()) == set()


def ask(visitor: Visitor, route: Route, method: Method, thing: Thing, args: dict[str, Any]) -> Any:
    path = route.path(args)
    path += f"?{method.query}" if method.query else ""
    body = method.body(visitor.stage, thing.known) if callable(method.body) else method.body
    asked = visitor.api if route.kind == "api" else visitor.page
    return asked(method.name, path, body)


def what_went_wrong(visitor: Visitor, response: Any, expected: int) -> str:
    """ "" when the status is right and nothing is said that the visitor must not read."""
    wrong = []
    is_fault = response.status_code >= 500 or expected not in (ANY, response.status_code)
    if is_fault and expected != UNCHECKED:
        wrong.append(f"{response.status_code}, not {expected}")
    path = response.wsgi_request.path
    told = found_in(text_in(response), {word: of for word, of in visitor.secrets.items() if word not in path})
    wrong += [f"reads {word!r} ({whose})" for word, whose in sorted(told.items())[:3]]
    return "; ".join(wrong)


SHORT_AND_WHOLE = pytest.mark.parametrize(
    "whole", [False, pytest.param(True, marks=pytest.mark.sweep)], ids=["short", "whole"]
)
CORE = "leads:detail"
"""Where most stands that not everybody reads: asked as everybody for everything, each time."""


def is_asked(person: str, route: Route, method: Method, thing: Thing) -> bool:
    """Whether the short variant asks this cell: one of so many, always the same ones, spread over people,
    routes and things.
    """
    word = str(thing.args.get("verb") or thing.args.get("transition") or "")
    cell = " ".join((person, route.name, method.name, method.query, thing.name, word))
    return zlib.crc32(cell.encode()) % _one_of(person, route, method, thing, word) == 0


def _one_of(person: str, route: Route, method: Method, thing: Thing, word: str) -> int:
    """Lists and the core are always asked; then pages about one of many things, and verbs on them; logins are
    the library's; of those who do not enter the administration few are sent there.
    """
    if route.name == CORE:
        return 1
    if route.name.startswith("admin:") and person not in ENTER:
        return 64 if thing.name else 16
    if not thing.name:
        return 4 if route.kind == "login" else 1
    return 6 if method.name == "GET" and not word else 32


def is_asked_of_strangers(person: str, route: Route, method: Method) -> bool:
    """Everything as nobody; as the others, one cell in three."""
    cell = " ".join((person, route.name, method.name, method.query))
    return person == "anonymous" or zlib.crc32(cell.encode()) % 3 == 0


@SHORT_AND_WHOLE
@pytest.mark.parametrize("group", GROUPS)
def test_members(stages: tuple[Stage, Stage], visit: Visit, group: str, whole: bool) -> None:
    wrong: list[str] = []
    seen: Counter[int] = Counter()
    for route in GROUPS[group]:
        things = list(route.things(stages[0]))
        for person in PEOPLE:
            visitor = visit(person)
            for thing in things:
                for method in route.methods:
                    if not (whole or is_asked(person, route, method, thing)):
                        continue
                    response = ask(visitor, route, method, thing, thing.args)
                    seen[response.status_code] += 1
                    fault = what_went_wrong(visitor, response, method.expect(person, thing.known))
                    if fault:
                        where = f"{method.name} {route.name} {thing.args.get('verb', '')} {method.query}"
                        wrong.append(f"{person}: {where} {thing.name}: {fault}")
    assert wrong == [], f"{len(wrong)} of {seen.total()}:\n" + "\n".join(wrong[:40])


@SHORT_AND_WHOLE
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("person", FORMER)
def test_former_members(
    stages: tuple[Stage, Stage], visit: Visit, group: str, person: str, whole: bool
) -> None:
    """Whose role has ended gets what those get who never had one."""
    wrong = []
    visitor = visit(person)
    for route in GROUPS[group]:
        for thing in list(route.things(stages[0]))[:1]:
            for method in route.methods:
                if not (whole or is_asked_of_strangers(person, route, method)):
                    continue
                response = ask(visitor, route, method, thing, thing.args)
                fault = what_went_wrong(visitor, response, method.expect("nobody", thing.known))
                if fault:
                    wrong.append(f"{method.name} {route.name} {method.query} {thing.name}: {fault}")
    assert wrong == []


@SHORT_AND_WHOLE
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("person", STRANGERS)
def test_strangers(stages: tuple[Stage, Stage], visit: Visit, group: str, person: str, whole: bool) -> None:
    """The first thing of each route will do: they get no further than the door."""
    wrong = []
    visitor = visit(person)
    for route in GROUPS[group]:
        thing = next(iter(route.things(stages[0])), None)
        for method in route.methods if thing else ():
            assert thing is not None
            if not (whole or is_asked_of_strangers(person, route, method)):
                continue
            response = ask(visitor, route, method, thing, thing.args)
            expected = route.strangers[person] if route.strangers else method.expect(person, thing.known)
            fault = what_went_wrong(visitor, response, expected)
            if (
                route.kind == "page"
                and response.status_code == 302
                and "/accounts/login/" not in response["Location"]
            ):
                fault += f" sent to {response['Location']}"
            if fault:
                wrong.append(f"{method.name} {route.name} {method.query}: {fault}")
    assert wrong == []


KEYS = {"uid", "id", "object_id"}
"""What a row's public id is called in addresses: of pages, of the API, of the administration."""


def unknown(thing: Thing) -> dict[str, Any] | None:
    """The address's arguments with an id that nothing has; None when it has no id."""
    key = next(iter(KEYS & thing.args.keys()), "")
    return {**thing.args, key: str(uuid.uuid4())} if key else None


@pytest.mark.parametrize("group", [name for name in GROUPS if name != "administration"])
def test_no_methods_but_those_of_the_table(stages: tuple[Stage, Stage], visit: Visit, group: str) -> None:
    """What a row does not name is refused, to the administrator as well. (Django's admin takes every
    method for reading.)
    """
    wrong = []
    named = {(route.path(thing.args), method.name) for route, method, thing in _cells(stages[0], group)}
    for route, _method, thing in _cells(stages[0], group):
        for name in ("POST", "PUT", "PATCH", "DELETE"):
            path = route.path(thing.args)
            if route.kind in ("page", "api") and (path, name) not in named:
                named.add((path, name))
                response = ask(visit("administrator"), route, Method(name, always(405)), thing, thing.args)
                if response.status_code not in (403, 404, 405):
                    wrong.append(f"{name} {path}: {response.status_code}")
    assert wrong == []


def _cells(stage: Stage, group: str) -> Iterator[tuple[Route, Method, Thing]]:
    """Each route's methods on the first thing that it is asked for."""
    for route in GROUPS[group]:
        for thing in list(route.things(stage))[:1]:
            for method in route.methods:
                yield route, method, thing


@pytest.mark.parametrize("group", GROUPS)
def test_out_of_sight_and_not_there_are_the_same_bytes(
    stages: tuple[Stage, Stage], visit: Visit, group: str
) -> None:
    """Nobody learns from an answer whether a row exists."""
    wrong = []
    compared = 0
    for route in GROUPS[group]:
        for person in ("sales_a", "owner_north", "zone_south", "warehouse_a"):
            visitor = visit(person)
            for method in route.methods:
                for thing in route.things(stages[0]):
                    args = unknown(thing)
                    if args is None or method.expect(person, thing.known) != 404:
                        continue
                    hidden = ask(visitor, route, method, thing, thing.args)
                    missing = ask(visitor, route, method, thing, args)
                    compared += 1
                    if _said(hidden, thing.args) != _said(missing, args):
                        wrong.append(f"{person}: {method.name} {route.name} {thing.name}")
                    break
    assert wrong == []


def _said(response: Any, args: dict[str, Any]) -> tuple[Any, ...]:
    """Status, headers and body, without what is each request's own: its id and the address asked for."""
    headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
    asked = str(args[next(iter(KEYS & args.keys()))]).encode()
    body = response.content.replace(asked, b"").replace(response["X-Request-ID"].encode(), b"")
    return response.status_code, sorted(headers.items()), body


@SHORT_AND_WHOLE
@pytest.mark.parametrize("group", GROUPS)
def test_ids_of_the_other_network_are_not_there(
    stages: tuple[Stage, Stage], visit: Visit, group: str, whole: bool
) -> None:
    """The administrator sees everything of the own network, and of the other one nothing, by any id: the
    answer is that to an id which nothing has. (403 is the administration's, where nobody has such a right.)
    """
    wrong = []
    visitor = visit("administrator")
    for route in GROUPS[group]:
        for method in route.methods:
            for thing in list(route.things(stages[1]))[: None if whole else 2]:
                args = unknown(thing)
                if args is None:
                    continue
                response = ask(visitor, route, method, thing, thing.args)
                missing = ask(visitor, route, method, thing, args)
                same = _said(response, thing.args) == _said(missing, args)
                if response.status_code not in (403, 404) or not same:
                    wrong.append(f"{method.name} {route.name} {thing.name}: {response.status_code}")
    assert wrong == []


def test_addresses_take_public_ids_only(visit: Visit, stages: tuple[Stage, Stage]) -> None:
    """Primary keys stay inside: no address is made of one."""
    administrator = visit("administrator")
    lead = stages[0].scenes["own"].lead
    assert administrator.api("GET", f"/api/v1/leads/{lead.pk}/").status_code == 404
    assert administrator.page("GET", f"/leads/{lead.pk}/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("leads:detail", args=[lead.pk])
