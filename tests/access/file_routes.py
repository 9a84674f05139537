"""Rows of the table: files, as pages and as endpoints."""

from collections.abc import Iterator
from typing import Any

from tests.access import expected as who
from tests.access.expected import OWNERS, SEAT
from tests.access.routes import Thing, api, as_id, below_the_brand, get, in_sight, page, post, visible
from tests.access.routes import always as everybody
from tests.access.stage import Stage

KEEPERS = {"administrator", "zone_north", "zone_south", "programme", "finance"}


def files(stage: Stage) -> Iterator[Thing]:
    for name, file in stage.files.items():
        partner, _, kind = name.partition(" ")
        yield Thing(name, {"uid": file.uid}, (partner, kind == "internal"))


def adds(person: str, partner: str) -> bool:
    if person in KEEPERS:
        return who.sees_partner(person, partner)
    return person in OWNERS and SEAT[person] == partner


def removes(done: int) -> Any:
    def expect(person: str, known: tuple[str, bool]) -> int:
        if not who.sees_file(person, known):
            return 404
        return done if person in KEEPERS else 403

    return expect


def adds_by_api(person: str, _known: Any) -> int:
    """The body is JSON, and a file is wanted."""
    return 415


FILE_PAGES = [
    page("partners:file", get(visible(who.sees_file)), things=files),
    page("partners:remove-file", post(removes(302)), things=files),
    page(
        "partners:add-file",
        get(in_sight(KEEPERS | OWNERS, adds)),
        post(in_sight(KEEPERS | OWNERS, adds, 422)),
        things=below_the_brand,
    ),
]
FILE_ENDPOINTS = [
    api("api:file-list", get(everybody(200)), post(adds_by_api)),
    api("api:file-detail", get(visible(who.sees_file)), things=as_id(files)),
    api("api:file-remove", post(removes(204)), things=as_id(files)),
]
