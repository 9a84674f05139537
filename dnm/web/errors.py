"""The one place where errors of the domain become pages. `dnm.api.errors` does the same for the API.

A page of an error says in plain words what is wrong and what to do. A 404 has the same bytes whether the row
is somebody else's or does not exist: it shows neither the address nor the request's id, and no form token.
"""

from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dnm.accounts.requests import PortalRequest
from dnm.scoping.capabilities import roles_with
from dnm.scoping.errors import (
    BROKEN_RULES,
    FIRST,
    LATER,
    READ_ONLY,
    VIEWING,
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    seconds_to_wait,
    sqlstate,
)
from dnm.web.identity import role_name

log = structlog.get_logger(__name__)

STATUS: dict[type[DomainError], int] = {NotAllowed: 403, Conflict: 409, Invalid: 422}


def status_of(error: DomainError) -> int:
    """The HTTP status of a domain error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 409)


def page_for(request: PortalRequest, error: DomainError) -> HttpResponse:
    """The page (or, for htmx, the region) that tells of a domain error."""
    status = status_of(error)
    template = {403: "errors/403.html", 409: "errors/409.html"}.get(status, "errors/400.html")
    return error_page(request, template, status, message=error.message)


def database_page(request: PortalRequest, error: Exception) -> HttpResponse | None:
    """The page for what the database refused, 409, or had no time for, 503; None when it is a fault.

    Rolls back by itself: after such an error there is nothing to commit.
    """
    if isinstance(error, DatabaseError) and sqlstate(error) == READ_ONLY:
        return error_page(request, "errors/403.html", 403, message=str(VIEWING))
    if isinstance(error, IntegrityError) and sqlstate(error) in BROKEN_RULES:
        _undo()
        return error_page(request, "errors/409.html", 409, message=str(FIRST))
    wait = seconds_to_wait(error) if isinstance(error, OperationalError | InterfaceError) else None
    if wait is None:
        return None
    log.warning("the database did not answer in time", sqlstate=sqlstate(error), error=str(error))
    _undo()
    response = error_page(request, "errors/503.html", 503, message=str(LATER))
    response["Retry-After"] = str(wait)
    return response


def _undo() -> None:
    if connection.in_atomic_block:
        transaction.set_rollback(True)


def error_page(request: PortalRequest, template: str, status: int, **context: Any) -> HttpResponse:
    """Render an error. An htmx request gets the message alone, swapped into the page's error region."""
    if getattr(request, "htmx", False):
        response = HttpResponse(
            render_to_string("errors/region.html", {**context, "status": status}, request), status=status
        )
        response["HX-Retarget"] = "#errors"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Push-Url"] = "false"
        return response
    return HttpResponse(render_to_string(template, context, request), status=status)


def missing_capability(capability: str) -> NotAllowed:
    """The refusal of a whole page, naming the roles that would open it."""
    roles = sorted(map(role_name, roles_with(capability)))
    return NotAllowed(_("This page is for: {roles}.").format(roles=", ".join(roles)))
