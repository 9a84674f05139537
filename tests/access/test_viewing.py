"""Looking as another member, on every address of the table: nothing is written, nothing foreign is read."""

import zlib
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dnm.accounts.models import Membership, ViewAs
from dnm.accounts.tenancy import network_context
from dnm.events.viewing import begin_view_as
from tests.access.routes import ANY, UNCHECKED
from tests.access.secrets import secrets_from
from tests.access.stage import Stage
from tests.access.table import GROUPS
from tests.access.test_matrix import what_went_wrong
from tests.access.visiting import Visitor

WRITES = ("POST", "PUT", "PATCH", "DELETE")
LEAVING = {"partners:view-as-end", "account_logout"}
OUTSIDE = {"public", "login"}
OTHERWISE = {
    ("partners:why", ""),
    ("partners:why", "who=dealer&link=prospect"),
    ("partners:why", "who=sales&link=dealer"),
    ("partners:audit", "export=csv"),
}
"""The page that says why is asked in one's own name; a file of the audit is logged, and so it is refused."""


@pytest.fixture
def looking(stages: tuple[Stage, Stage]) -> Any:
    """The administrator, looking as one of the members; undone afterwards."""
    stage, other = stages
    mark = transaction.savepoint()

    def begin(name: str) -> Visitor:
        visitor = Visitor("administrator", stage, other)
        with network_context(stage.net.network):
            actor = stage.net.actor("administrator", timezone.now())
            target = Membership.objects.select_related("user").get(pk=stage.net.members[name].pk)
            view = begin_view_as(target=target, reason="test", actor=actor, at=timezone.now())
        session = visitor.client.session
        session["viewing_as"] = str(view.uid)
        session.save()
        return visitor

    yield begin
    transaction.savepoint_rollback(mark)


def fingerprint() -> dict[str, Any]:
    """How many rows each table has and the sum of their row versions: any write changes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [
            name
            for (name,) in cursor.fetchall()
            if name not in ("django_session", "usersessions_usersession")
        ]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM "{name}" t')
            found[name] = cursor.fetchone()
    return found


def test_every_write_is_refused_by_every_verb(stages: tuple[Stage, Stage], looking: Any) -> None:
    """Pages and the admin get the sentence, the API its problem; the tables are as before."""
    visitor = looking("owner_north")
    with network_context(stages[0].net.network):
        for routes in GROUPS.values():
            for route in routes:
                list(route.things(stages[0]))  # some are made when they are asked for
        before = fingerprint()
    wrong = []
    asked = 0
    for routes in GROUPS.values():
        for route in routes:
            thing = next(iter(route.things(stages[0])), None)
            if thing is None or route.name in LEAVING:
                continue
            path = route.path(thing.args)
            for verb in WRITES:
                kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
                body = "{}" if path.startswith("/api/") else ""
                response = visitor.client.generic(
                    verb, path, body, kind, headers={"host": stages[0].net.host}
                )
                asked += 1
                if response.status_code not in (403, 405) and "schema" not in path and "docs" not in path:
                    wrong.append(f"{verb} {path}: {response.status_code}")
                elif (
                    response.status_code == 403
                    and "viewing the portal as somebody else" not in (text := response.content.decode())
                    and "login is its owner" not in text
                ):
                    wrong.append(f"{verb} {path}: {text[:80]}")
    for path in ("/admin/", "/admin/partners/partner/add/", "/admin/leads/lead/"):
        for verb in WRITES:
            response = visitor.client.generic(verb, path, headers={"host": stages[0].net.host})
            if response.status_code != 403:
                wrong.append(f"{verb} {path}: {response.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert asked > 300
    with network_context(stages[0].net.network):
        after = fingerprint()
    assert {name for name in before if before[name] != after[name]} == set()


PEOPLE = ["owner_north", "zone_south", "nobody"]


@pytest.mark.parametrize("name", PEOPLE)
def test_the_administrator_sees_what_the_member_sees(
    stages: tuple[Stage, Stage], looking: Any, name: str
) -> None:
    """The same statuses as in the table, and none of the words that the member must not read."""
    visitor = looking(name)
    visitor.secrets = secrets_from(name, *stages)
    wrong = []
    for group, routes in GROUPS.items():
        for route in routes:
            if route.kind in OUTSIDE or route.name.startswith(("account", "mfa", "usersessions")):
                continue
            things = list(route.things(stages[0]))
            for thing in things:
                if len(things) > 4 and zlib.crc32(f"{name}{route.name}{thing.name}".encode()) % 6:
                    continue
                for method in route.methods:
                    if method.name != "GET" or (route.name, method.query) in OTHERWISE:
                        continue
                    path = route.path(thing.args) + (f"?{method.query}" if method.query else "")
                    expected = method.expect(name, thing.known)
                    response = visitor.page("GET", path)
                    if expected in (ANY, UNCHECKED):
                        continue
                    fault = what_went_wrong(visitor, response, expected)
                    if fault:
                        wrong.append(f"{group} {path}: {fault}")
    assert wrong == [], "\n".join(wrong[:20])


def test_a_look_opens_nothing_on_another_networks_host(stages: tuple[Stage, Stage], looking: Any) -> None:
    visitor = looking("owner_a")
    response = visitor.client.get("/", headers={"host": stages[1].net.host})
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_member_of_another_network_cannot_be_looked_as(stages: tuple[Stage, Stage]) -> None:
    foreign = stages[1].net.members["owner_a"]
    response = Visitor("administrator", *stages).page(
        "POST", f"/people/{foreign.uid}/view-as/", {"reason": "x"}
    )
    assert response.status_code == 404
    with network_context(stages[0].net.network):
        assert not ViewAs.objects.exists()
