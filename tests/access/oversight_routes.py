"""Rows of the table: looking as another member, asking why, the audit, custom fields, reasons."""

from tests.access import expected as who
from tests.access.partner_routes import members
from tests.access.routes import always as everybody
from tests.access.routes import api, get, page, post, those

LOOKS = {"administrator"}
AUDITS = {"administrator", "auditor"} | who.OWNERS
ASKS = {"administrator", "auditor"}


def looks_at(status: int) -> object:
    """The administrator sees everybody, and cannot look as itself."""

    def expect(person: str, known: tuple[str, str]) -> int:
        if person not in LOOKS:
            return 403
        return 404 if known[0] == person else status

    return expect


def begins(person: str, known: tuple[str, str]) -> int:
    if person not in LOOKS:
        return 403
    return 409 if known[0] == person else 302


OVERSIGHT = [
    page("partners:view-as", get(looks_at(200)), post(begins, {"reason": "ticket 1"}), things=members),
    page("partners:view-as-now", get(everybody(200))),
    page("partners:view-as-end", post(everybody(302))),
    page(
        "partners:audit",
        get(those(AUDITS)),
        get(those(AUDITS), "kind=leads.lead"),
        get(those(AUDITS), "export=csv"),
    ),
    api(
        "api:audit",
        get(those(AUDITS)),
        get(those(AUDITS), "kind=leads.lead&limit=200"),
    ),
    page("partners:why", get(those(ASKS)), get(those(ASKS), "who=dealer&link=prospect")),
]
