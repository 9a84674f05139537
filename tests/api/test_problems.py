"""Errors: one shape, the right status, and nothing told between the lines."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from tests.api.calling import ENQUIRY, Caller, assert_problem
from tests.world import Net

Call = Callable[[str], Caller]


def without_request_id(answer: Any) -> tuple[bytes, dict[str, str]]:
    body = answer.content.replace(answer["X-Request-ID"].encode(), b"")
    return body, {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


def test_unseen_foreign_and_absent_look_the_same(caller: Call, voltara: Net, nordwerk: Net) -> None:
    offer, foreign = voltara.offered(), nordwerk.offered()
    rival = caller("sales_b")
    answers = [
        rival.get(f"leads/{uid}/")
        for uid in (offer.lead.uid, foreign.lead.uid, uuid.uuid4(), "not-a-uuid", "a.b", "%00")
    ]
    for answer in answers:
        assert_problem(answer, 404, "not-found")
    assert len({str(without_request_id(answer)) for answer in answers}) == 1
    acts = [rival.post(f"offers/{uid}/accept/") for uid in (offer.uid, foreign.uid, uuid.uuid4(), "x")]
    assert len({str(without_request_id(answer)) for answer in acts}) == 1
    assert_problem(acts[0], 404, "not-found")


def test_unknown_addresses_and_methods(caller: Call) -> None:
    sales = caller("sales_a")
    for address in ("nothing/", "leads", "leads//", "/api/", "/api/v2/leads/"):
        assert_problem(sales.get(address), 404, "not-found")
    assert_problem(sales.send("delete", "leads/", {}), 405, "method-not-allowed")
    assert_problem(sales.send("put", "me/", {}), 405, "method-not-allowed")
    assert sales.client.head("/api/v1/leads/", headers=sales.headers).status_code == 200
    assert sales.client.options("/api/v1/leads/", headers=sales.headers).status_code == 405


def test_out_of_capability_is_403_out_of_scope_404(caller: Call, voltara: Net) -> None:
    offer = voltara.offered(at=timezone.now())
    assert_problem(caller("administrator").post(f"offers/{offer.uid}/accept/"), 403, "not-allowed")
    assert_problem(caller("owner_north").post(f"offers/{offer.uid}/accept/"), 403, "not-allowed")
    assert_problem(caller("owner_south").post(f"offers/{offer.uid}/accept/"), 404, "not-found")
    assert_problem(caller("sales_a").post("leads/", ENQUIRY), 403, "not-allowed")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"name": "a", "name": "b"}',
        b'{"consent": NaN}',
        b'{"latitude": 1e999}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"\\u0000": 1}',
        b"[" * 100_000,
        b"[" * 30 + b"]" * 30,
        b"1" * 5000,
    ],
)
def test_bodies_that_are_no_json(caller: Call, body: bytes) -> None:
    assert_problem(caller("administrator").raw("leads/", body), 400, "parse-error")


def test_other_kinds_of_bodies(caller: Call) -> None:
    administrator = caller("administrator")
    assert_problem(
        administrator.raw("leads/", b"name=a", "application/x-www-form-urlencoded"),
        415,
        "unsupported-media-type",
    )
    for body in (b"[]", b"1", b"null", b'"text"'):
        assert_problem(administrator.raw("leads/", body), 422, "invalid")


def test_a_body_that_is_too_large(caller: Call, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert_problem(
        caller("administrator").post("leads/", ENQUIRY | {"message": "x" * 1000}), 413, "too-large"
    )


def test_fields_are_named(caller: Call) -> None:
    body = assert_problem(
        caller("administrator").post(
            "leads/", {"name": "x" * 121, "surprise": 1, "consent": "perhaps", "id": "1"}
        ),
        422,
        "invalid",
    )
    assert set(body["errors"]) == {"name", "surprise", "consent", "id"}


def test_a_verb_names_its_fields_too(caller: Call) -> None:
    refusals = {
        "phone": ENQUIRY | {"phone": "12"},
        "email": ENQUIRY | {"email": "nobody"},
        "consent": ENQUIRY | {"consent": False},
        "product_line": ENQUIRY | {"product_line": "rockets"},
    }
    for field, body in refusals.items():
        assert set(
            assert_problem(caller("administrator").post("leads/", body), 422, "invalid")["errors"]
        ) == {field}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"sttae": "new"}, "sttae"),
        ({"state": "never"}, "state"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "9" * 5000}, "limit"),
        ({"order": "name"}, "order"),
        ({"cursor": "garbage"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"territory": "1"}, "territory"),
        ({"partner": str(uuid.uuid4())}, "partner"),
        ({"product_line": "rockets"}, "product_line"),
        ({"created_after": "yesterday"}, "created"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "x" * 101}, "q"),
        ({"format": "xml"}, "format"),
    ],
)
def test_parameters_are_read_strictly(caller: Call, query: dict[str, str], name: str) -> None:
    body = assert_problem(caller("administrator").get("leads/", **query), 400, "bad-parameters")
    assert set(body["errors"]) == {name}


def test_a_detail_takes_no_parameters(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted()
    assert_problem(caller("sales_a").get(f"leads/{lead.uid}/", state="new"), 400, "bad-parameters")


def test_a_domain_conflict_is_409(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted()
    sales = caller("sales_a")
    assert_problem(sales.post(f"leads/{lead.uid}/quote/"), 409, "state-changed")
    assert_problem(sales.post(f"leads/{lead.uid}/contact/", {"proof": " "}), 422, "invalid")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("SELECT 1/0", 422, "invalid"),
        ("SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)", 503, "busy"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'lock_not_available'; END $$", 503, "busy"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$", 503, "busy"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'unique_violation'; END $$", 409, "conflict"),
        ("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'not_null_violation'; END $$", 500, "server-error"),
        ("SELECT nonsense", 500, "server-error"),
    ],
)
def test_what_the_database_says(
    caller: Call, voltara: Net, monkeypatch: pytest.MonkeyPatch, fault: str, status: int, code: str
) -> None:
    def broken(self: Any, request: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(fault)

    monkeypatch.setattr("leads.api.LeadViewSet.create", broken)
    answer = caller("administrator").post("leads/", ENQUIRY)
    assert_problem(answer, status, code)
    assert ("Retry-After" in answer) == (status == 503)
    if status < 500:
        with network_context(voltara.network):
            assert Lead.objects.count() == 0


def test_a_failure_says_nothing_of_itself(caller: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, request: Any) -> Any:
        raise RuntimeError("the secret is 42")

    monkeypatch.setattr("leads.api.LeadViewSet.list", broken)
    answer = caller("administrator").get("leads/")
    assert_problem(answer, 500, "server-error")
    assert "secret" not in answer.content.decode()


def test_headers_of_an_answer(caller: Call) -> None:
    answer = caller("sales_a").get("leads/")
    assert answer["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie"} <= set(re.split(r",\s*", answer["Vary"]))
    assert answer["Content-Type"] == "application/json"
