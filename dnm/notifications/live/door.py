"""Who may open a stream, and what a stream has missed. Synchronous, in short transactions of their own."""

import io
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest
from django.utils import timezone

from dnm.accounts.actors import Actor
from dnm.accounts.hosts import host_of
from dnm.accounts.models import ApiToken, Network
from dnm.accounts.tenancy import network_context
from dnm.notifications.inbox import since
from dnm.notifications.live.publishing import fingerprint
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.viewing import enter_session

THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live-door")
"""Bounds the database connections that streams use, however many streams there are."""

T = TypeVar("T")


class Refused(Exception):
    """No stream for this request; `status` is the HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Guest:
    """One who may listen. `session` is the fingerprint of the session, empty for a token."""

    actor: Actor
    membership_id: int
    session: str = ""


def admit(scope: Mapping[str, Any]) -> Guest:
    """The guest that an ASGI request stands for. Raises `Refused`.

    The same rules as for pages and API: the host names the network, a session opens only the network on whose
    host it began, a token only its own; the membership must be active.
    """
    request = ASGIRequest(dict(scope), io.BytesIO())
    try:
        host = host_of(request)
    except DisallowedHost as error:
        raise Refused(400) from error
    network = Network.objects.at_host(host).first()
    if network is None:
        raise Refused(404)
    with network_context(network):
        guest = _by_token(request) if "Authorization" in request.headers else _by_session(request, network)
    if guest is None:
        raise Refused(401)
    return guest


def _by_token(request: HttpRequest) -> Guest | None:
    kind, _, secret = request.headers["Authorization"].partition(" ")
    if kind.lower() != "bearer":
        return None
    now = timezone.now()
    usable = ApiToken.objects.usable(now).select_related("membership__user")
    token = usable.filter(digest=ApiToken.digest_of(secret.strip())).first()
    if token is None:
        return None
    return Guest(actor_for_membership(token.membership, via="token", at=now), token.membership_id)


def _by_session(request: HttpRequest, network: Network) -> Guest | None:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    asking: Any = HttpRequest()
    asking.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if asking.session.get("network") != network.pk:
        return None
    user = get_user(asking)
    if not user.is_authenticated:
        return None
    actor = enter_session(network, user, asking.session, at=timezone.now()).actor
    if actor is None or actor.membership_id is None:
        return None
    return Guest(actor, actor.membership_id, fingerprint(key))


def missed(guest: Guest, seen: str | None) -> tuple[list[tuple[str, str]], str]:
    """What came since `seen`, as (id, kind), and the id to go on from: see `inbox.since`."""
    with network_context(guest.actor.network_id):
        events, position = since(guest.actor, seen)
    return [(str(uid), kind) for uid, kind in events], position


def with_connection(function: Callable[..., T], *arguments: Any) -> T:
    """Run in a thread of `THREADS` and treat the thread's database connection as a request would."""
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
