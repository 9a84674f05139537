"""Rows of the table: comments, as pages and as endpoints."""

from collections.abc import Iterator
from typing import Any

from tests.access import expected as who
from tests.access.expected import MEMBERS, READERS, SEAT, SELLERS, STAFF
from tests.access.routes import Thing, api, as_id, get, page, partners, post, scenes, visible, with_args
from tests.access.routes import always as everybody
from tests.access.stage import Scene, Stage

WRITERS = MEMBERS - {"auditor"}


def comments(stage: Stage) -> Iterator[Thing]:
    for name, comment in stage.comments.items():
        yield Thing(name, {"uid": comment.uid}, (name, stage.scenes))


def sees(person: str, known: tuple[str, Any]) -> bool:
    return who.sees_comment(person, *known)


def writes_on_partner(done: int) -> Any:
    """Staff on partners in their sight, a partner's people on their own."""

    def expect(person: str, partner: str) -> int:
        if person not in MEMBERS:
            return 403
        if not who.sees_partner(person, partner):
            return 404
        if person not in WRITERS or (person in SEAT and SEAT[person] != partner):
            return 403
        return done

    return expect


def writes_on_lead(done: int) -> Any:
    def expect(person: str, scene: Scene) -> int:
        if person not in READERS:
            return 403
        if not who.sees_lead(person, scene):
            return 404
        if person in STAFF:
            return done if person in WRITERS else 403
        return done if person in SELLERS and SEAT[person] == scene.owner else 403

    return expect


def said_by_api(stage: Stage, _known: Any) -> dict[str, Any]:
    return {"about": "partner", "record": str(stage.net.partners["dealer_a"].uid), "text": "hello"}


def says_by_api(person: str, _known: Any) -> int:
    if not who.sees_partner(person, "dealer_a"):
        return 422
    return 201 if person in WRITERS and (person in STAFF or SEAT.get(person) == "dealer_a") else 403


COMMENT_PAGES = [
    page("partners:comment", get(visible(sees, 302)), things=comments),
    page(
        "partners:write-comment",
        get(writes_on_partner(200)),
        post(writes_on_partner(422), {"text": "", "is_internal": "shared"}),
        things=with_args(partners, about="partner"),
    ),
    page(
        "partners:write-comment",
        get(writes_on_lead(200)),
        post(writes_on_lead(422), {"text": ""}),
        things=with_args(scenes, about="lead"),
    ),
]
COMMENT_ENDPOINTS = [
    api("api:comment-list", get(everybody(200)), post(says_by_api, said_by_api)),
    api("api:comment-detail", get(visible(sees)), things=as_id(comments)),
]
