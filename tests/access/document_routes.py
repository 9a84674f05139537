"""Rows of the table: compliance documents, as pages and as endpoints."""

from collections.abc import Callable
from typing import Any

from tests.access import expected as who
from tests.access.expected import MEMBERS, OWNERS, STAFF
from tests.access.papers import PAPERS, UPLOADED, VERIFIED
from tests.access.routes import (
    Expect,
    Route,
    api,
    as_id,
    get,
    in_sight,
    of_rows,
    page,
    post,
    step,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody

SEE = STAFF | OWNERS
WHY = {"reason": "blurred"}
documents = of_rows("documents")


def waits(partner: str) -> bool:
    return PAPERS.get(partner) == UPLOADED


def holds(partner: str) -> bool:
    return PAPERS.get(partner) == VERIFIED


def form(allowed: Callable[[str, Any], bool]) -> Expect:
    return step(who.sees_document, allowed, lambda _partner: True, 200, SEE)


def verb(
    allowed: Callable[[str, Any], bool], possible: Callable[[Any], bool], done: int, enters: Any = SEE
) -> Expect:
    return step(who.sees_document, allowed, possible, done, enters)


def judge(name: str, possible: Callable[[Any], bool]) -> Route:
    return page(
        "partners:judge-document",
        get(form(who.verifies_document)),
        post(verb(who.verifies_document, possible, 302), WHY),
        things=with_args(documents, step=name),
    )


def endpoint(name: str, possible: Callable[[Any], bool], body: dict[str, Any] | None = None) -> Route:
    return api(
        f"api:document-{name}",
        post(verb(who.verifies_document, possible, 200, None), body),
        things=as_id(documents),
    )


DOCUMENT_PAGES = [
    page(
        "partners:documents", get(those(SEE)), get(those(SEE), "export=csv"), get(those(SEE), "blocks=leads")
    ),
    page("partners:document", get(in_sight(SEE, who.sees_document)), things=documents),
    page(
        "partners:upload-document",
        get(form(who.brings_document)),
        post(verb(who.brings_document, lambda _partner: True, 422)),
        things=documents,
    ),
    page(
        "partners:verify-document",
        get(form(who.verifies_document)),
        post(verb(who.verifies_document, waits, 302)),
        things=documents,
    ),
    judge("reject", waits),
    judge("revoke", holds),
]
DOCUMENT_ENDPOINTS = [
    api("api:document-list", get(everybody(200)), get(everybody(200), "state=uploaded&limit=2")),
    api("api:document-detail", get(visible(who.sees_document)), things=as_id(documents)),
    api(
        "api:document-upload",
        post(lambda person, partner: 415 if who.sees_document(person, partner) else 404),
        things=as_id(documents),
    ),
    endpoint("verify", waits),
    endpoint("reject", waits, WHY),
    endpoint("revoke", holds, WHY),
    api("api:document-type-list", get(everybody(200))),
    api(
        "api:document-type-detail",
        get(lambda person, _key: 200 if person in MEMBERS else 404),
        things=as_id(of_rows("document_types")),
    ),
]
