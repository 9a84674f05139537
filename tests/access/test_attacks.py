"""What an attacker tries on every address at once: forms sent from elsewhere, words slipped into a body, and
answers that tell by their work whether a row exists.

`docs/security.md` lists the other attacks and the tests that hold them off.
"""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access.conftest import Visit
from tests.access.routes import Method, Route, Thing
from tests.access.stage import Stage
from tests.access.table import GROUPS
from tests.access.test_matrix import ask, unknown
from tests.signing_in import sign_in

WITHOUT_A_SESSION = {"leads:enquiry", "partners:apply-as", "partners:progress", "hand-over"}
"""Forms that anybody may send from anywhere: a signed ticket, a personal link or a one-time word stands for
the token, and no session is used.
"""
FORM = "application/x-www-form-urlencoded"
NOT_ONES_OWN = {
    "id": "5f0c1c0e-0000-7000-8000-000000000000",
    "uid": "5f0c1c0e-0000-7000-8000-000000000000",
    "network": "nordwerk",
    "network_id": 1,
    "membership": "5f0c1c0e-0000-7000-8000-000000000000",
    "created_at": "2000-01-01T00:00:00Z",
    "state_changed_at": "2000-01-01T00:00:00Z",
    "path": "1.2.3",
    "is_staff": True,
    "is_superuser": True,
}
"""Columns that exist and that no caller sets."""


@pytest.mark.parametrize("group", GROUPS)
def test_a_form_sent_from_elsewhere_does_nothing(stages: tuple[Stage, Stage], group: str) -> None:
    """The cookie alone, as another site's page would send it along."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    sign_in(client, stages[0].net, "administrator")
    wrong = []
    for route in GROUPS[group]:
        if route.kind == "api" or route.name in WITHOUT_A_SESSION:
            continue
        for method in route.methods:
            if method.name == "GET":
                continue
            for thing in list(route.things(stages[0]))[:1]:
                status = _without_token(client, route, method, thing, stages[0])
                if status != 403:
                    wrong.append(f"{method.name} {route.name}: {status}")
    assert wrong == []


def _without_token(client: Client, route: Route, method: Method, thing: Thing, stage: Stage) -> int:
    mark = transaction.savepoint()
    try:
        path = route.path(thing.args)
        answer = client.generic(method.name, path, "", FORM, headers={"host": stage.net.host})
        return int(answer.status_code)
    finally:
        transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("group", [name for name in GROUPS if name.endswith("endpoints")])
def test_no_body_sets_what_is_not_the_callers_to_set(
    stages: tuple[Stage, Stage], visit: Visit, group: str
) -> None:
    """Each such word is named as unknown, or the whole is refused before its body is read."""
    wrong = []
    visitor = visit("administrator")
    for route in GROUPS[group]:
        for method in route.methods:
            for thing in list(route.things(stages[0]))[:1] if method.name in ("POST", "PATCH", "PUT") else ():
                body = method.body(stages[0], thing.known) if callable(method.body) else method.body
                slipped = Method(method.name, method.expect, {**NOT_ONES_OWN, **body})
                answer = ask(visitor, route, slipped, thing, thing.args)
                if answer.status_code in (403, 404, 405, 415):
                    continue
                told: dict[str, Any] = answer.json().get("errors", {}) if answer.content else {}
                if answer.status_code != 422 or not told.keys() >= NOT_ONES_OWN.keys() - body.keys():
                    wrong.append(f"{method.name} {route.name}: {answer.status_code} {sorted(told)}")
    assert wrong == []


@pytest.mark.parametrize("group", GROUPS)
def test_out_of_sight_and_not_there_take_the_same_statements(
    stages: tuple[Stage, Stage], visit: Visit, group: str
) -> None:
    """Whoever has a stopwatch learns nothing either: the database is asked the same, as often."""
    wrong = []
    for route in GROUPS[group]:
        for person in ("sales_a", "zone_south"):
            visitor = visit(person)
            for method in route.methods:
                for thing in route.things(stages[0]):
                    args = unknown(thing)
                    if args is None or method.expect(person, thing.known) != 404:
                        continue
                    asked = []
                    for each in (thing.args, args):
                        with CaptureQueriesContext(connection) as statements:
                            ask(visitor, route, method, thing, each)
                        asked.append(len(statements))
                    if asked[0] != asked[1]:
                        wrong.append(f"{person}: {method.name} {route.name} {thing.name}: {asked}")
                    break
    assert wrong == []
