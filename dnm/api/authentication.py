"""Who is asking: a machine with a token, or a person with the portal's session. Both end in an actor."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from dnm.accounts.history import sign
from dnm.accounts.models import ApiToken, User
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.errors import NotAllowed

REFRESH = timedelta(minutes=1)
"""How stale `last_used_at` may be: every request would otherwise write the token's row."""


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer dnm_…`, good on the host of the token's own network and nowhere else.

    A token that is unknown here, revoked, expired or of a locked member gets 401, in the same words.
    """

    scheme = b"bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.scheme:
            return None
        now = timezone.now()
        token = self._token(request._request, parts[1:], now)
        if token is None:
            raise AuthenticationFailed(_("The token is not valid here."), code="token-invalid")
        request._request.actor = actor_for_membership(token.membership, via="token", at=now)  # type: ignore[attr-defined]
        if request.method not in SAFE_METHODS:
            sign(request._request.actor)  # type: ignore[attr-defined]
        _mark_used(token, now)
        return token.membership.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _token(self, request: HttpRequest, credentials: list[bytes], at: datetime) -> ApiToken | None:
        if len(credentials) != 1 or getattr(request, "network", None) is None:
            return None
        try:
            secret = credentials[0].decode("ascii")
        except UnicodeDecodeError:
            return None
        digest = ApiToken.digest_of(secret)
        found: ApiToken | None = (
            ApiToken.objects.usable(at).select_related("membership__user").filter(digest=digest).first()
        )
        return found


def _mark_used(token: ApiToken, at: datetime) -> None:
    """Note the use, at most once a minute, and never wait for another request of the same token."""
    if token.last_used_at is not None and token.last_used_at > at - REFRESH:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - REFRESH)
    free = ApiToken.objects.filter(stale, pk=token.pk).select_for_update(skip_locked=True, of=("self",))
    for row in free.only("pk"):
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=at)


class PortalSessionAuthentication(SessionAuthentication):
    """The session of the portal's own pages, with its CSRF token. `ActorMiddleware` has found the actor."""

    def authenticate(self, request: Request) -> Any:
        if getattr(request._request, "waiting", None) is not None:
            raise NotAllowed(_("Give your second factor in the portal first."), code="second-factor-needed")
        if getattr(request._request, "actor", None) is None:
            return None
        self.enforce_csrf(request)
        return request._request.user, None
