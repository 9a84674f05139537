"""Whatever a view raises, answered as a problem: the only place where errors become HTTP statuses."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as ModelInvalid
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError
from django.http import Http404, JsonResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError

from dnm.api.problems import Problem, problem_response
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

log = structlog.get_logger(__name__)

WHOLE = "non_field_errors"
"""The key under `errors` for what concerns no single field."""


def problem(error: Exception, context: Mapping[str, Any]) -> JsonResponse:
    """DRF's exception handler. Expected errors get their status; all others a log entry and 500."""
    request = context["request"]._request
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            made = answer(error)
            if made is not None:
                response = problem_response(
                    request, status=made.status_code, code=made.code, detail=made.detail, fields=made.fields
                )
                return _with_headers(response, error, made)
    log.exception("unexpected error in the API", path=request.path, exc_info=error)
    got_request_exception.send(sender=problem, request=request)
    text = _("Something went wrong on our side. It has been logged.")
    return problem_response(request, status=500, code="server-error", detail=text)


def _with_headers(response: JsonResponse, error: Exception, made: Problem) -> JsonResponse:
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    wait = made.wait if made.wait is not None else getattr(error, "wait", None)
    if wait:
        response["Retry-After"] = str(max(1, round(wait)))
    return response


def _from_framework(error: APIException) -> Problem:
    if isinstance(error, Problem):
        return error
    code = str(error.default_code).replace("_", "-")
    if not isinstance(error.detail, dict | list):
        code = str(getattr(error.detail, "code", code)).replace("_", "-")
    return Problem(error.status_code, code, error.detail)


def _from_validation(error: ValidationError) -> Problem:
    return _invalid(flattened(error.detail))


def _from_domain(error: DomainError) -> Problem:
    if isinstance(error, NotAllowed):
        return Problem(403, error.code, error.message)
    if isinstance(error, Invalid):
        fields = {name: [text] for name, text in error.fields.items()}
        return Problem(422, error.code, error.message, fields=fields)
    if isinstance(error, Conflict):
        return Problem(409, error.code, error.message)
    return Problem(409, error.code, error.message)


def _from_model(error: ModelInvalid) -> Problem:
    fields = error.message_dict if hasattr(error, "error_dict") else {WHOLE: error.messages}
    return _invalid({WHOLE if name == "__all__" else name: list(texts) for name, texts in fields.items()})


def _from_integrity(error: IntegrityError) -> Problem | None:
    return Problem(409, "conflict", FIRST) if sqlstate(error) in BROKEN_RULES else None


def _from_read_only(error: InternalError) -> Problem | None:
    return Problem(403, "viewing-as", VIEWING) if sqlstate(error) == READ_ONLY else None


def _from_database(error: Exception) -> Problem | None:
    wait = seconds_to_wait(error)
    if wait is None:
        return None
    log.warning("the database did not answer in time", sqlstate=sqlstate(error), error=str(error))
    return Problem(503, "busy", LATER, wait=wait)


def _from_data(error: DataError) -> Problem:
    log.warning("a value went as far as the database", error=str(error))
    return Problem(422, "invalid", _("Some values cannot be stored."))


def _invalid(fields: dict[str, list[str]]) -> Problem:
    return Problem(422, "invalid", _("Some fields are not valid."), fields=fields)


def _always(status: int, code: str, detail: object) -> Callable[[Exception], Problem]:
    return lambda error: Problem(status, code, detail)


def flattened(detail: Any) -> dict[str, list[str]]:
    """Nested error details as one level: `{"lines.2.quantity": ["…"]}`."""
    found: dict[str, list[str]] = {}
    for path, text in _leaves(detail, ()):
        found.setdefault(".".join(path) or WHOLE, []).append(text)
    return found


def _leaves(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _leaves(inner, path if name == WHOLE else (*path, str(name)))
    elif isinstance(detail, list | tuple):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _leaves(inner, (*path, str(position)) if nested else path)
    else:
        yield path, str(detail)


_ANSWERS: list[tuple[type[Exception], Callable[[Any], Problem | None]]] = [
    (ValidationError, _from_validation),
    (APIException, _from_framework),
    (DomainError, _from_domain),
    (Http404, _always(404, "not-found", _("There is nothing here that you may see."))),
    (PermissionDenied, _always(403, "not-allowed", _("You may not do this here."))),
    (ModelInvalid, _from_model),
    (IntegrityError, _from_integrity),
    (DataError, _from_data),
    (InternalError, _from_read_only),
    (OperationalError, _from_database),
    (InterfaceError, _from_database),
    (RequestDataTooBig, _always(413, "too-large", _("The request is too large."))),
    (UnreadablePostError, _always(400, "unreadable", _("The request could not be read."))),
    (SuspiciousOperation, _always(400, "bad-request", _("The request is not valid."))),
    (BadRequest, _always(400, "bad-request", _("The request is not valid."))),
]
