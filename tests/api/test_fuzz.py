"""Generated calls against the schema: no server error, every answer as it is described, and no id of another
network in any.

Half of the ids are those of real rows, so that calls get past the 404s. The callers differ in their rights.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.access.stage import set_stage
from tests.world import PEOPLE, Net

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST_ROWS = 4
"""Real rows of a collection that calls are made on."""
CALLERS = ["administrator", "zone_north", "sales_a", "owner_north", "auditor", "nobody"]
Rows = dict[str, list[str]]
"""The ids of real rows by their collection."""


@dataclass
class Ground:
    """Where the calls go: a network with something in every collection, beside another one."""

    net: Net
    rows: Rows
    foreign: set[str]


@pytest.fixture
def ground(world: tuple[Net, Net], settings: Any) -> Ground:
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/min")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    for net in world:
        set_stage(net)
    foreign = {uid for ids in listed(world[1]).values() for uid in ids}
    return Ground(world[0], listed(world[0]), foreign)


def listed(net: Net) -> Rows:
    """What the network's administrator finds in its collections."""
    client, headers = Client(), net.bearer("administrator")
    found: Rows = {}
    for path, methods in client.get("/api/v1/schema/?format=json", headers=headers).json()["paths"].items():
        if "get" in methods and "{" not in path:
            answer = client.get(path, headers=headers)
            body = answer.json() if answer.status_code == 200 else {}
            found[path.split("/")[3]] = [row["id"] for row in body.get("results", ()) if "id" in row]
    return found


@pytest.fixture
def app(ground: Ground) -> Iterator[WSGIHandler]:
    """The application as a server would run it, in the test's own transaction.

    After the ground, since the test client connects the signals again.
    """
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield WSGIHandler()
    request_started.connect(reset_queries)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def calls(operation: Any, rows: Rows) -> st.SearchStrategy[Any]:
    """Cases of an operation, in and out of what the schema allows, on real rows and on made-up ones."""
    kept = rows.get(operation.path.split("/")[3], [])[:MOST_ROWS] if "{id}" in operation.path else []
    real = [{"id": uid} for uid in kept]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    made_up = [operation.as_strategy(mode) for mode in modes]
    known = [operation.as_strategy(mode, path_parameters=one) for mode in modes for one in real]
    return st.one_of(st.one_of(made_up), st.one_of(known)) if known else st.one_of(made_up)


def fuzz(app: WSGIHandler, ground: Ground, *, callers: list[str], each: int, derandomize: bool) -> int:
    """Run `each` generated calls of every operation; how many that were."""
    net = ground.net
    assert len(ground.rows["leads"]) > MOST_ROWS
    assert len(ground.foreign) > 50
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", app, headers={"Host": net.host})
    made = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @given(case=calls(operation, ground.rows), who=st.sampled_from(callers))
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            derandomize=derandomize,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def one(case: Any, who: str) -> None:
            nonlocal made
            made += 1
            headers = {"Host": net.host, "Authorization": f"Bearer {net.secrets[who]}"}
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS, headers=headers)
            told = {uid for uid in ID.findall(answer.text) if uid in ground.foreign}
            assert told == set(), f"{who} reads ids of another network"

        one()
    return made


def test_a_few_hundred_generated_calls(app: WSGIHandler, ground: Ground) -> None:
    assert fuzz(app, ground, callers=CALLERS, each=6, derandomize=True) >= 300


@pytest.mark.sweep
def test_twenty_thousand_generated_calls_of_every_role(app: WSGIHandler, ground: Ground) -> None:
    everybody = [name for name, *_rest in PEOPLE] + ["nobody"]
    assert fuzz(app, ground, callers=everybody, each=200, derandomize=False) >= 20_000
