"""Rows of the table: one's own login, and the ways to and from other networks."""

import uuid

from tests.access.routes import PAGE_STRANGERS, Route, Thing, get, page, post, public
from tests.access.routes import always as everybody

LOGGED_IN = {**PAGE_STRANGERS, "locked": 200, "removed": 200}
"""A page about the login itself, which locked and former members still have."""
NOWHERE = [Thing("", {"uid": uuid.UUID(int=0)})]

LOGIN_PAGES = [
    Route("security", "page", (get(everybody(200)),), strangers=LOGGED_IN),
    page("disconnect-identity", post(everybody(404)), things=lambda _stage: NOWHERE),
    page("switch", post(everybody(404)), things=lambda _stage: NOWHERE),
    page("inbox", get(everybody(200))),
    public("hand-over", post(everybody(403), {"secret": "never-was-one"}), get(everybody(405))),
]
