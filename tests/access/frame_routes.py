"""Rows of the table: the frame, notifications, imports, jobs, and what is open to everybody."""

from tests.access.routes import (
    UNCHECKED,
    Expect,
    Thing,
    api,
    as_id,
    get,
    of_rows,
    page,
    post,
    public,
    those,
    visible,
)
from tests.access.routes import always as everybody

USE = {"administrator"}
"""Who imports."""


def mine(status: int) -> Expect:
    """One's own rows; for everybody else they are not there."""
    return lambda person, owner: status if person == owner else 404


def is_mine(person: str, owner: str) -> bool:
    return person == owner


def importing(done: int) -> Expect:
    return lambda person, _name: done if person in USE else 403


FRAME = [
    page("home", get(everybody(200))),
    page(
        "search",
        get(everybody(200), "q=Prospect"),
        get(everybody(200), "q=dealer"),
        get(everybody(200), "q=NX1"),
        get(everybody(200), "q=prospect-own"),
    ),
    public("appearance", post(everybody(302), {"scheme": "dark"})),
    public("theme", get(everybody(200))),
    public("icon", get(everybody(200))),
    public("demo-login", get(everybody(404)), things=lambda _stage: [Thing("", {"token": "x"})]),
    public("gallery", get(everybody(200))),
    public("healthz", get(everybody(200))),
    public("readyz", get(everybody(UNCHECKED))),
]
NOTIFICATIONS = [
    page("notifications:list", get(everybody(200))),
    page("notifications:bell", get(everybody(200))),
    page("notifications:toasts", get(everybody(200))),
    page("notifications:news", get(everybody(200))),
    page("notifications:read-all", post(everybody(302))),
    page("notifications:preferences", get(everybody(200)), post(everybody(302))),
    page("notifications:open", get(mine(302)), things=of_rows("notifications")),
    page("notifications:read", post(mine(302)), things=of_rows("notifications")),
    api("api:notification-list", get(everybody(200))),
    api("api:notification-detail", get(visible(is_mine)), things=as_id(of_rows("notifications"))),
    api("api:notification-read", post(mine(200)), things=as_id(of_rows("notifications"))),
    api("api:notification-read-all", post(everybody(200))),
]
IMPORTS = [
    page("imports:list", get(those(USE)), get(those(USE), "export=csv")),
    page("imports:new", get(those(USE)), post(those(USE, 422))),
    page("imports:template", get(those(USE)), things=lambda _stage: [Thing("", {"importer": "partners"})]),
    page(
        "imports:template",
        get(those(USE, 404)),
        things=lambda _stage: [Thing("unknown", {"importer": "nothing"})],
    ),
    page("imports:detail", get(importing(302)), things=of_rows("imports")),
    page("imports:columns", get(importing(200)), post(importing(422)), things=of_rows("imports")),
    page("imports:errors", get(importing(404)), things=of_rows("imports")),
    page("imports:reading", post(importing(302), {"header_row": "1"}), things=of_rows("imports")),
    page("imports:check", post(importing(409)), things=of_rows("imports")),
    page("imports:start", post(importing(409)), things=of_rows("imports")),
    page("imports:cancel", post(importing(302)), things=of_rows("imports")),
    page("imports:repeat", post(importing(409)), things=of_rows("imports")),
]
OWN_ENDPOINTS = [
    api("api:me", get(everybody(200))),
    api("api:job-list", get(everybody(200))),
    api("api:job-detail", get(visible(is_mine)), things=as_id(of_rows("jobs"))),
    api("api:job-cancel", post(mine(200)), things=as_id(of_rows("jobs"))),
]
