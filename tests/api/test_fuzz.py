"""Generated calls against the schema: no server error, and every answer as it is described.

Half of the ids are those of real rows, so that calls get past the 404s. The callers differ in their rights.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from django.utils import timezone
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

from dnm.accounts.tenancy import network_context
from dnm.jobs.models import Job
from tests.world import Net

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CALLERS = ["administrator", "zone_north", "sales_a", "owner_north", "auditor", "nobody"]


@pytest.fixture
def app() -> Iterator[WSGIHandler]:
    """The application as a server would run it, in the test's own transaction."""
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield WSGIHandler()
    request_started.connect(reset_queries)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def rows(voltara: Net, settings: Any) -> dict[str, list[str]]:
    """Real rows by the first word of their address."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/min")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    now = timezone.now()
    leads = [voltara.accepted(at=now), voltara.lead(at=now, postal_code="0")]
    offers = [voltara.offered(at=now), voltara.offered(at=now, postal_code="SA1")]
    with network_context(voltara.network):
        job = Job.objects.create(
            membership=voltara.members["administrator"], kind="test", title="A job", created_at=now
        )
    return {
        "leads": [str(lead.uid) for lead in leads],
        "offers": [str(offer.uid) for offer in offers],
        "partners": [str(partner.uid) for partner in voltara.partners.values()],
        "territories": [str(territory.uid) for territory in voltara.territories.values()],
        "product-lines": [str(line.uid) for line in voltara.lines.values()],
        "jobs": [str(job.uid)],
    }


def calls(operation: Any, rows: dict[str, list[str]]) -> st.SearchStrategy[Any]:
    """Cases of an operation, in and out of what the schema allows, on real rows and on made-up ones."""
    kept = rows.get(operation.path.split("/")[3], []) if "{id}" in operation.path else []
    real = [{"id": uid} for uid in kept]
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    made_up = [operation.as_strategy(mode) for mode in modes]
    known = [operation.as_strategy(mode, path_parameters=one) for mode in modes for one in real]
    return st.one_of(st.one_of(made_up), st.one_of(known)) if known else st.one_of(made_up)


def fuzz(app: WSGIHandler, net: Net, rows: dict[str, list[str]], *, each: int, derandomize: bool) -> int:
    """Run `each` generated calls of every operation; how many that were."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", app, headers={"Host": net.host})
    made = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @given(case=calls(operation, rows), who=st.sampled_from(CALLERS))
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

        one()
    return made


def test_a_few_hundred_generated_calls(app: WSGIHandler, voltara: Net, rows: dict[str, list[str]]) -> None:
    assert fuzz(app, voltara, rows, each=9, derandomize=True) >= 300


@pytest.mark.sweep
def test_twenty_thousand_generated_calls(app: WSGIHandler, voltara: Net, rows: dict[str, list[str]]) -> None:
    assert fuzz(app, voltara, rows, each=600, derandomize=False) >= 20_000
