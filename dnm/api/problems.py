"""The one shape of an error: RFC 9457 problem details, with a code that programs can rely on."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

PROBLEM_TYPE = "application/problem+json"


class Problem(APIException):
    """A refusal that the API itself makes, before or around a verb.

    `fields` maps the name of a field, parameter or header to the sentences about it. `wait`, in seconds,
    becomes Retry-After.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: object,
        *,
        fields: Mapping[str, list[str]] | None = None,
        wait: int | None = None,
    ) -> None:
        super().__init__(detail=str(detail), code=code)
        self.status_code = status
        self.code = code
        self.fields = dict(fields or {})
        self.wait = wait


def bad_parameters(fields: Mapping[str, list[str]]) -> Problem:
    """The address asks for something that this endpoint does not know, or not in that form."""
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "bad-parameters",
        _("Some parameters of the address are unknown or not valid."),
        fields=fields,
    )


def problem_response(
    request: Any, *, status: int, code: str, detail: object, fields: Mapping[str, list[str]] | None = None
) -> JsonResponse:
    """The answer that says what is wrong. The request's id lets support find it in the logs."""
    body: dict[str, Any] = {
        "type": f"urn:dnm:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": str(detail),
        "code": code,
        "request_id": getattr(request, "id", ""),
    }
    if fields:
        body["errors"] = dict(fields)
    plain = {"ensure_ascii": False}
    return JsonResponse(body, status=status, content_type=PROBLEM_TYPE, json_dumps_params=plain)
