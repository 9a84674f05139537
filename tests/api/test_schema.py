"""The description of the API: valid, complete, and what the pages about it need."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from dnm.api.schema import _drawn
from leads.states import LEAD_FLOW, OFFER_FLOW
from partners.states import PARTNER_FLOW
from tests.world import Net

WRITES = {"post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    drawn: dict[str, Any] = _drawn("en")
    return drawn


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid_and_drawn_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_it_is_openapi_3_1_for_anyone_on_the_networks_host(client: Client, voltara: Net) -> None:
    answer = client.get("/api/v1/schema/?format=json", headers={"host": voltara.host})
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    yaml = client.get("/api/v1/schema/", headers={"host": voltara.host})
    assert yaml.content.startswith(b"openapi: 3.1")


def test_the_fixed_names_are_there(schema: dict[str, Any]) -> None:
    fixed = {
        "/api/v1/leads/": {"get", "post"},
        "/api/v1/leads/{id}/": {"get"},
        "/api/v1/offers/": {"get"},
        "/api/v1/offers/{id}/accept/": {"post"},
        "/api/v1/offers/{id}/decline/": {"post"},
        "/api/v1/partners/": {"get", "post"},
        "/api/v1/territories/": {"get"},
        "/api/v1/me/": {"get"},
    }
    for path, methods in fixed.items():
        assert set(schema["paths"][path]) == methods
    enquiry = schema["components"]["schemas"]["LeadCreateRequest"]
    assert set(enquiry["required"]) == {"name", "consent"}
    assert enquiry["additionalProperties"] is False
    assert {"phone", "email", "postal_code", "message", "product_line", "source"} <= set(
        enquiry["properties"]
    )


def test_every_step_that_people_take_has_its_address(schema: dict[str, Any]) -> None:
    for plural, flow in (("leads", LEAD_FLOW), ("offers", OFFER_FLOW), ("partners", PARTNER_FLOW)):
        for transition in flow.transitions.values():
            path = f"/api/v1/{plural}/{{id}}/{transition.name.replace('_', '-')}/"
            assert (path in schema["paths"]) == (transition.capability is not None), path


def test_every_operation_is_complete(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(set(ids)) == len(ids)
    for path, method, operation in operations(schema):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), path
        assert operation["description"], path
        assert operation["security"] == [{"token": []}, {"session": []}], path
        problems = {"400", "401", "429", "503"}
        problems |= {"404"} if "{" in path else set()
        problems |= {"403", "409", "415", "422"} if method in WRITES else set()
        assert problems <= set(operation["responses"]), path
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert set(answer["content"]) == {"application/problem+json"}, path
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method == "post"), path


def test_no_internal_id_is_described(schema: dict[str, Any]) -> None:
    for name, component in schema["components"]["schemas"].items():
        for field, described in component.get("properties", {}).items():
            if field == "id" or (field.endswith("_id") and field not in {"request_id", "external_id"}):
                assert described.get("format") == "uuid", (name, field)


def test_the_docs_have_nothing_inline(client: Client, voltara: Net) -> None:
    answer = client.get("/api/v1/docs/", headers={"host": voltara.host})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<style" not in text
    assert " style=" not in text
    assert not re.search(r"\son[a-z]+=", text)
    sources = re.findall(r"<script([^>]*)>([^<]*)</script>", text)
    assert len(sources) == 3
    for attributes, inline in sources:
        assert "src=" in attributes
        assert not inline.strip()
    script = client.get("/api/v1/docs/?script", headers={"host": voltara.host})
    assert script["Content-Type"].startswith("application/javascript")
