"""What endpoints are made of: `PortalView`, a request from door to answer; `ScopedViewSet`, rows in scope.

A view finds rows with `visible_to` and calls one verb of a domain. It holds no rule of its own.
"""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any, ClassVar, final
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from dnm.accounts.actors import Actor
from dnm.api import idempotency
from dnm.api.filtering import NOBODY, StrictFilters, parameter_names
from dnm.api.pagination import CursorPages, Sorts, known_parameters
from dnm.api.parsers import StrictJSONParser
from dnm.api.problems import Problem, bad_parameters
from dnm.api.schema import PortalSchema
from dnm.api.serializers import NothingSerializer
from dnm.scoping.errors import VIEWING
from dnm.scoping.masks import hidden_fields
from dnm.workflow.duties import remember_steps


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON, whatever a client says that it accepts."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class PortalView(APIView):
    """One request: actor, throttles, strict parameters, idempotency key, the act in a savepoint, the answer.

    Writes run in a savepoint, so that a refusal leaves nothing behind while the key's answer is kept, and end
    with the deferred references checked, so that a broken one is a 409 here and not a failure at commit.
    """

    content_negotiation_class = AlwaysJSON
    parser_classes = [StrictJSONParser]
    metadata_class = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema: Any = PortalSchema()

    request: Request
    subject: UUID | None = None
    """The row that the answer shows, if it shows one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.args, self.kwargs = args, kwargs
        self.request = asked = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        claim = None
        response: Any
        try:
            self.initial(asked, *args, **kwargs)
            self._refuse_borrowed_eyes(request, asked)
            self._refuse_unknown_parameters(asked)
            claim = idempotency.claim(asked, self)
            response = claim.replay if claim and claim.replay else self._act(asked, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
        self.response = response = self.finalize_response(asked, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if isinstance(response, Response):
            response.render()
        if claim:
            claim.keep(response, self)
        return response

    def _refuse_borrowed_eyes(self, request: HttpRequest, asked: Request) -> None:
        """Who looks at the portal as another member changes nothing here either."""
        actor = getattr(request, "actor", None)
        if asked.method not in SAFE_METHODS and actor is not None and actor.viewing_as is not None:
            raise Problem(403, "viewing-as", VIEWING)

    def _act(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = (request.method or "").lower()
        handler: Callable[..., HttpResponseBase] = self.http_method_not_allowed
        if name in self.http_method_names:
            handler = getattr(self, name, handler)
        if request.method in SAFE_METHODS:
            return self._read(handler, request, *args, **kwargs)
        # Django limits the size of a body that is read here, and not of one that a parser reads as a stream.
        _ = request._request.body
        with transaction.atomic():
            response = handler(request, *args, **kwargs)
            connection.check_constraints()
        return response

    def _read(self, handler: Callable[..., Any], request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return handler(request, *args, **kwargs)
        except DatabaseError:
            # Whatever the status of the answer: a transaction in error is not committed.
            transaction.set_rollback(True)
            raise

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(self.allowed_methods), "Cache-Control": "no-store"}

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return getattr(self.request, "actor", None) or NOBODY

    def parameters(self) -> Collection[str]:
        """Names that the address may carry after the question mark."""
        return ()

    def hides(self, subject: UUID) -> Collection[str] | None:
        """The fields hidden from the one who asks in a row that an answer showed; None: all of it is."""
        return ()

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = self.parameters()
        wrong = {name: [str(_("Unknown parameter."))] for name in request.query_params if name not in known}
        for name, values in request.query_params.lists():
            if any("\x00" in value for value in values):
                wrong[name] = [str(_("Null characters are not allowed."))]
        if wrong:
            raise bad_parameters(wrong)


class ScopedViewSet(PortalView, GenericViewSet[Any]):
    """Rows of one model that the actor may see: list and detail, and the plumbing for verbs.

    A subclass names `model`, the `capability` that reading takes, `serializer_class`, and if it likes
    `filterset_class`, `sorts` and `with_related`; `has_duties` when its answers tell which steps are open to
    the actor and these are guarded by who took earlier ones. Serializers find the actor in their context. A
    POST is a method that reads the body with `body`, calls one verb and answers with `shown`.
    """

    model: ClassVar[type[Model]]
    capability: ClassVar[str]
    filterset_class: ClassVar[type[FilterSet] | None] = None
    has_duties: ClassVar[bool] = False
    sorts: ClassVar[Sorts] = {"newest": ("-created_at", "-id"), "oldest": ("created_at", "id")}

    pagination_class = CursorPages
    filter_backends = [StrictFilters]
    lookup_field = "uid"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[^/]+"

    @final
    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):  # drawing the description asks for no rows
            return self.model.objects.none()  # type: ignore[attr-defined]
        return self.with_related(self.model.objects.visible_to(self.actor, self.capability))  # type: ignore[attr-defined]

    def with_related(self, rows: Any) -> Any:
        """Fetch along what the answer shows, so that the number of queries does not grow with the rows."""
        return rows

    @final
    def get_object(self) -> Any:
        """The row of the address, or the same 404 for one that is not there and one that is out of sight."""
        try:
            uid = UUID(self.kwargs[self.lookup_url_kwarg])
        except ValueError:
            raise Http404 from None
        found = self.get_queryset().filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def parameters(self) -> Collection[str]:
        if self.action != "list":
            return ()
        filters: Any = self.filterset_class
        return known_parameters(parameter_names(filters) if filters else ())

    def hides(self, subject: UUID) -> Collection[str] | None:
        found = self.get_queryset().filter(uid=subject).first()
        return None if found is None else hidden_fields(self.actor, found)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": self.actor}

    def list(self, request: Request) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        if self.has_duties:
            remember_steps(rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def body(self, serializer: type[Serializer[Any]] = NothingSerializer, *, partial: bool = False) -> Any:
        """The request's values, checked for form. Raises a 422 problem that names the fields."""
        read = serializer(data=self.request.data, partial=partial, context={"request": self.request})
        read.is_valid(raise_exception=True)
        return read.validated_data

    def shown(self, row: Any, *, status: int = HTTPStatus.OK) -> Response:
        """The row as the actor sees it now, after the act; 204 when it has gone out of sight by it."""
        found = self.get_queryset().filter(pk=row.pk).first()
        if found is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        self.subject = found.uid
        headers = {"Location": self._address(found)} if status == HTTPStatus.CREATED else None
        return Response(self.get_serializer(found).data, status=status, headers=headers)

    def _address(self, row: Any) -> str:
        return self.request.build_absolute_uri(f"{self.request.path}{row.uid}/")


class UnknownAddressView(PortalView):
    """Anything under /api/ that no endpoint answers."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []
    schema: Any = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
