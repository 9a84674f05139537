"""Gives a request its actor."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http.response import HttpResponseBase
from django.utils import timezone

from dnm.accounts.history import sign
from dnm.accounts.policies import note_use
from dnm.accounts.requests import PortalRequest
from dnm.scoping.viewing import enter_session


class ActorMiddleware:
    """`request.actor`: the person's actor in the request's network, or None; while a session looks through
    another member's eyes, that member's.

    A session opens only the network on whose host it began, for as long as that network's policy says. On any
    other host its bearer is a stranger. A member who owes a second factor is `request.waiting` and no actor.
    """

    def __init__(self, get_response: Callable[[PortalRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        request.actor = request.waiting = None
        network_id = request.network.pk if request.network else None
        if request.user.is_authenticated and request.session.get("network") != network_id:
            request.user = AnonymousUser()
        if request.network is not None and request.user.is_authenticated:
            now = timezone.now()
            found = enter_session(request.network, request.user, request.session, at=now)
            if found.is_over:
                request.session.flush()
                request.user = AnonymousUser()
            else:
                note_use(request.session, now)
                request.actor, request.waiting = found.actor, found.waiting
        if request.actor is not None and request.method not in ("GET", "HEAD", "OPTIONS"):
            sign(request.actor)
        return self.get_response(request)
