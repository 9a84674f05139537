"""Rows of the table: the settlement of a partner that leaves."""

from typing import Any

from tests.access import expected as who
from tests.access.expected import OWNERS, STAFF
from tests.access.routes import Route, api, as_id, get, no_page, of_rows, page, post, step, visible, with_args
from tests.access.routes import always as everybody

lines = of_rows("lines_to_settle")
READ = STAFF | OWNERS
WHY = {"reason": "because"}


def open_one(_key: str) -> bool:
    return True


def never(_key: str) -> bool:
    return False


VERBS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "settle": (who.settles_exit, open_one, WHY),
    "ask_waiver": (who.settles_exit, open_one, WHY),
    "waive": (who.waives, never, {}),
    "refuse_waiver": (who.waives, never, WHY),
    "reopen": (who.settles_exit, never, WHY),
}
"""Name → who may, whether it is possible with an open line, and what it asks for."""


def verb_page(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return page(
        "partners:settlement-verb",
        get(step(who.sees_settlement, allowed, open_one, 200, READ)),
        post(step(who.sees_settlement, allowed, possible, 302, READ), body),
        things=with_args(lines, verb=name),
    )


def verb_endpoint(name: str) -> Route:
    allowed, possible, body = VERBS[name]
    return api(
        f"api:settlement-item-{name.replace('_', '-')}",
        post(step(who.sees_settlement, allowed, possible, 200), body),
        things=as_id(lines),
    )


EXIT_PAGES = [
    *(verb_page(name) for name in VERBS),
    no_page(
        "partners:settlement-verb",
        get(everybody(404)),
        post(everybody(404)),
        things=with_args(lines, verb="explode"),
    ),
]
EXIT_ENDPOINTS = [
    api("api:settlement-item-list", get(everybody(200)), get(everybody(200), "limit=2")),
    api("api:settlement-item-detail", get(visible(who.sees_settlement)), things=as_id(lines)),
    *(verb_endpoint(name) for name in VERBS),
]
