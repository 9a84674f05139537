"""The host check, the one middleware that opens a request's transaction, and the request id."""

from collections.abc import Callable
from contextlib import ExitStack

import structlog
import uuid_utils.compat
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection, transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase

from dnm.accounts.hosts import host_of
from dnm.accounts.models import Network
from dnm.accounts.requests import PortalRequest
from dnm.accounts.tenancy import network_context

GetResponse = Callable[[PortalRequest], HttpResponseBase]
LOCAL_ADDRESSES = frozenset({"127.0.0.1", "testserver"})


class HostMiddleware:
    """Refuses what was sent to a host name that is none of the portal's. Stands before everything else.

    Redirects, absolute addresses and the check of a form's origin all repeat the name that a request was sent
    to, so nothing may run for a name that somebody made up.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        try:
            host_of(request)
        except DisallowedHost:
            return _plain("No such host.\n", 400)
        return self.get_response(request)


class RequestIdMiddleware:
    """Gives every request an id, shows it in the answer's X-Request-ID and in every log line."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        request.id = uuid_utils.compat.uuid7().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.id)
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        return response


class NetworkMiddleware:
    """Host name → network → transaction → view and rendering → commit, or roll back on status 500 and up.

    The response is rendered inside the transaction, because the network's setting lives in it: a template
    that queries lazily after the commit would see no rows and still answer 200. For the same reason a
    streamed body is refused, unless it is a file.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        host = host_of(request)
        request.network = None
        if host == settings.BASE_DOMAIN or host in LOCAL_ADDRESSES:
            request.urlconf = "dnm.urls.bare"
            return self.get_response(request)
        if host == f"admin.{settings.BASE_DOMAIN}":
            request.urlconf = "dnm.urls.operators"
            return self._in_transaction(request)
        request.network = Network.objects.at_host(host).first()
        if request.network is None:
            return _plain("No such host.\n", 404)
        return self._in_transaction(request)

    def _in_transaction(self, request: PortalRequest) -> HttpResponseBase:
        with ExitStack() as stack:
            if request.network is None:
                stack.enter_context(transaction.atomic())
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('app.operator', 'on', true)")
            else:
                stack.enter_context(network_context(request.network))
                structlog.contextvars.bind_contextvars(network=request.network.slug)
            response = self.get_response(request)
            if response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError(
                    "A streamed body would be read after the transaction: build it, or use a job."
                )
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def _plain(text: str, status: int) -> HttpResponse:
    headers = {"X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, status=status, content_type="text/plain", headers=headers)


def require_network(request: PortalRequest) -> Network:
    """The request's network; a 404 where there is none."""
    if request.network is None:
        raise Http404
    return request.network
