"""Rows of the table: news, bulletins and the library."""

from collections.abc import Callable
from typing import Any

from tests.access import expected as who
from tests.access.expected import MEMBERS, PUBLISHERS
from tests.access.routes import (
    Expect,
    api,
    as_id,
    get,
    in_sight,
    no_page,
    of_rows,
    page,
    post,
    step,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody

publications = of_rows("publications")
WHY = {"reason": "because"}
WRITERS = PUBLISHERS | {"owner_north", "owner_south"}


def always_possible(_key: str) -> bool:
    return True


def is_draft(key: str) -> bool:
    return key == "draft"


def is_out(key: str) -> bool:
    return key != "draft"


def managing(possible: Callable[[Any], bool], done: int, enters: Any = MEMBERS) -> Expect:
    return step(who.sees_publication, who.manages_publication, possible, done, enters)


def reading(done: int, enters: Any = MEMBERS) -> Expect:
    return step(who.sees_publication, who.is_addressed, always_possible, done, enters)


CONTENT_PAGES = [
    page(
        "partners:news",
        get(those(MEMBERS)),
        get(those(MEMBERS), "export=csv"),
        get(those(MEMBERS), "reading=unread&order=oldest"),
    ),
    page("partners:library", get(those(MEMBERS)), get(those(MEMBERS), "export=csv")),
    page("partners:publication-new", get(those(WRITERS)), post(those(WRITERS, 422))),
    page("partners:publication", get(in_sight(MEMBERS, who.sees_publication)), things=publications),
    page(
        "partners:publication-edit",
        get(managing(is_draft, 200)),
        post(managing(is_draft, 422)),
        things=publications,
    ),
    page(
        "partners:publication-revise",
        get(managing(is_out, 200)),
        post(managing(is_out, 422)),
        things=publications,
    ),
    page(
        "partners:publication-readers",
        get(managing(is_out, 200)),
        get(managing(is_out, 200), "all=1&export=csv"),
        things=publications,
    ),
    page("partners:publication-acknowledge", post(reading(302)), things=publications),
    page(
        "partners:publication-verb",
        get(managing(always_possible, 200)),
        post(managing(is_draft, 302)),
        things=with_args(publications, verb="publish"),
    ),
    page(
        "partners:publication-verb",
        get(managing(always_possible, 200)),
        post(managing(is_out, 302), WHY),
        things=with_args(publications, verb="withdraw"),
    ),
    no_page(
        "partners:publication-verb",
        get(everybody(404)),
        post(everybody(404)),
        things=with_args(publications, verb="explode"),
    ),
]
CONTENT_ENDPOINTS = [
    api(
        "api:publication-list",
        get(everybody(200)),
        get(everybody(200), "reading=unread&limit=2"),
    ),
    api("api:publication-detail", get(visible(who.sees_publication)), things=as_id(publications)),
    api("api:publication-versions", get(visible(who.sees_publication)), things=as_id(publications)),
    api("api:publication-acknowledge", post(reading(200, None)), things=as_id(publications)),
    api("api:publication-publish", post(managing(is_draft, 200, None)), things=as_id(publications)),
    api("api:publication-withdraw", post(managing(is_out, 200, None), WHY), things=as_id(publications)),
]
