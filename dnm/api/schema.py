"""How the API describes itself: OpenAPI 3.1, with problems, keys and security on every operation."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter, OpenApiResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from dnm.api.problems import PROBLEM_TYPE
from dnm.api.serializers import ProblemSerializer, StrictSerializer

ALWAYS = {
    "400": "The address, a header or the JSON itself is not valid.",
    "401": "Nobody known is asking: no token or session, or one that is not valid on this host.",
    "429": "Too many requests; see Retry-After.",
    "503": "The portal is busy; see Retry-After.",
}
ON_ONE_ROW = {"404": "Not there, or not to be seen by the one who asks: the two look the same."}
REFUSED = {"403": "The role does not allow this at all."}
ON_WRITES = {
    "403": "The row is in sight, and the role does not allow this.",
    "409": "The world has moved on, or a request with the same key is running.",
    "413": "The request is too large.",
    "415": "The body is not JSON.",
    "422": "Fields are unknown or not valid, or the key stood on another request.",
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Makes a repeated request harmless: the same key and body get the same answer for 48 hours.",
)


class PortalSchema(AutoSchema):
    """Operation ids like `leads_list` and `offers_accept`; every operation lists its possible problems."""

    def get_operation_id(self) -> str:
        words = [word.replace("-", "_") for word in self._tokenize_path()]
        action = getattr(self.view, "action", None)
        if action is None:
            return "_".join(words)
        return "_".join([words[0], {"retrieve": "get"}.get(action, action)])

    def get_override_parameters(self) -> list[Any]:
        return [KEY] if self.method == "POST" else []

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        named = {"in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        return [{"name": variable, **named} for variable in variables]

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, meaning in self._problems().items():
            answer = OpenApiResponse(ProblemSerializer, meaning)
            bodies.setdefault(status, self._get_response_for_code(answer, status, [PROBLEM_TYPE], direction))
        return dict(sorted(bodies.items()))

    def _problems(self) -> dict[str, str]:
        found = dict(ALWAYS)
        if "{" in self.path:
            found |= ON_ONE_ROW
        if getattr(self.view, "asks_for_a_right", False):
            found |= REFUSED
        if self.method != "GET":
            found |= ON_WRITES
        return found

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> dict[str, Any]:
        mapped: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        kind = serializer if isinstance(serializer, type) else type(serializer)
        if direction == "request" and issubclass(kind, StrictSerializer):
            mapped["additionalProperties"] = False
        return mapped


class TokenScheme(OpenApiAuthenticationExtension):
    """The token of a membership."""

    target_class = "dnm.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A member's token, good on this host only: `Authorization: Bearer dnm_…`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """The portal's own session."""

    target_class = "dnm.api.authentication.PortalSessionAuthentication"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of the portal's pages. Writes also need the header X-CSRFToken.",
        }


@lru_cache(maxsize=len(settings.LANGUAGES) + 1)
def _drawn(language: str | None) -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, as YAML or (`?format=json`) JSON. Drawn once a process and language."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    schema: Any = None

    def _get_schema_response(self, request: Request) -> Response:
        return Response(_drawn(get_language()), headers={"Content-Disposition": "inline"})

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._get_schema_response(request)


class DocsView(SpectacularSwaggerSplitView):
    """The schema to read and try, in a page without inline script or style."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []
    template_name = "api/docs.html"
    url_name = "api:schema"
