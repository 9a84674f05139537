"""Rows of the table: invitations and the cards of members, as pages and as endpoints."""

from collections.abc import Callable
from typing import Any

from tests.access import expected as who
from tests.access.expected import OWNERS, STAFF
from tests.access.partner_routes import SEES_PEOPLE, WHY, locks, members, sees_member
from tests.access.routes import (
    Thing,
    api,
    as_id,
    get,
    in_sight,
    of_rows,
    page,
    post,
    public,
    those,
    visible,
    with_args,
)
from tests.access.routes import always as everybody
from tests.access.stage import Stage

invitations = of_rows("invitations")


EXPLAIN = {"administrator", "auditor"}


def sees_people_of(person: str, partner: str) -> bool:
    return who.sees_member(person, partner)


def manages(person: str, partner: str, *, enters: bool, done: int) -> int:
    """A verb on an invitation: a mail is waiting to be sent, so it cannot be sent again."""
    if enters and person not in SEES_PEOPLE:
        return 403
    if not sees_people_of(person, partner):
        return 404
    return done if who.manages_people(person, partner) else 403


def changes_card(status: int, manages: Callable[[str, tuple[str, str]], bool]) -> Any:
    def expect(person: str, known: tuple[str, str]) -> int:
        if person not in SEES_PEOPLE:
            return 403
        if not sees_member(person, known):
            return 404
        return status if manages(person, known) else 403

    return expect


def opens_card(person: str, known: tuple[str, str]) -> bool:
    return who.manages_people(person, known[1])


def writes_card(person: str, known: tuple[str, str]) -> bool:
    return who.manages_member(person, *known)


def to_invite(stage: Stage, _known: Any) -> dict[str, Any]:
    partner = str(stage.net.partners["dealer_a"].uid)
    return {"email": "api@new.example", "name": "New", "partner": partner, "role": "sales"}


def invites_by_api(person: str, _thing: Any) -> int:
    """A partner whose people are out of sight is no choice (422); one in sight needs the right (403)."""
    if person in STAFF | OWNERS and sees_people_of(person, "dealer_a"):
        return 201 if who.manages_people(person, "dealer_a") else 403
    return 422


def looks_as(done: int, own: int) -> Any:
    """Administrators look as anybody, but not as themselves."""

    def expect(person: str, known: tuple[str, str]) -> int:
        if person != "administrator":
            return 403
        return own if known[0] == person else done

    return expect


PEOPLE_PAGES = [
    page("partners:view-as", get(looks_as(200, 404)), post(looks_as(302, 409), WHY), things=members),
    page("partners:view-as-now", get(everybody(200))),
    page("partners:view-as-end", post(everybody(302))),
    page("partners:why", get(those(EXPLAIN)), get(those(EXPLAIN), "who=sales&link=dealer")),
    page("partners:invitations", get(those(SEES_PEOPLE)), get(those(SEES_PEOPLE), "export=csv")),
    page("partners:invitation", get(in_sight(SEES_PEOPLE, sees_people_of)), things=invitations),
    page(
        "partners:invitation-verb",
        post(lambda person, key: manages(person, key, enters=True, done=302)),
        things=with_args(invitations, verb="revoke"),
    ),
    page(
        "partners:invitation-verb",
        post(lambda person, key: manages(person, key, enters=True, done=409)),
        things=with_args(invitations, verb="send-again"),
    ),
    page(
        "partners:member-card",
        get(changes_card(200, opens_card)),
        post(changes_card(302, writes_card), {"title": "Counter"}),
        things=members,
    ),
    page("partners:member-state", post(locks), things=with_args(members, verb="remove")),
    public(
        "partners:accept",
        get(everybody(404)),
        post(everybody(404)),
        things=lambda _stage: [Thing("", {"secret": "never-was-one"})],
    ),
]
INVITATION_ENDPOINTS = [
    api(
        "api:invitation-list",
        get(everybody(200)),
        get(everybody(200), "state=open"),
        post(invites_by_api, to_invite),
    ),
    api("api:invitation-detail", get(visible(sees_people_of)), things=as_id(invitations)),
    api(
        "api:invitation-revoke",
        post(lambda person, key: manages(person, key, enters=False, done=200)),
        things=as_id(invitations),
    ),
    api(
        "api:invitation-send-again",
        post(lambda person, key: manages(person, key, enters=False, done=409)),
        things=as_id(invitations),
    ),
]
