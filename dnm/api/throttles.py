"""How much one member, and one network, may ask for. Counted in the cache; without one nobody is refused."""

import time
from typing import Any, ClassVar

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

log = structlog.get_logger(__name__)

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
REST_AFTER_FAILURE = 5.0
"""Seconds during which a cache that failed is left alone: a hanging one would slow every request."""


class _Resting:
    """Until when the cache of this process is left alone (monotonic seconds)."""

    until = 0.0


def seconds_to_wait(scope: str, who: str) -> float | None:
    """Count one hit of `who` under the rate named `scope`: None when it fits, else seconds until one would.

    Windows are fixed (the minute of "30/min"), so at a boundary up to twice the rate may pass. Good for any
    limit by member, network or address; the counts of different networks are kept apart.
    """
    allowed, length = _parsed(str(api_settings.DEFAULT_THROTTLE_RATES[scope]))
    now = time.time()
    hits = _count(f"rate:{scope}:{who}:{int(now // length)}", length)
    return None if hits <= allowed else length - now % length


def _parsed(rate: str) -> tuple[int, int]:
    number, _, period = rate.partition("/")
    return int(number), SECONDS[period[0]]


def _count(key: str, length: int) -> int:
    if time.monotonic() < _Resting.until:
        return 0
    try:
        try:
            return int(cache.incr(key))
        except ValueError:
            return 1 if cache.add(key, 1, timeout=length + 1) else int(cache.incr(key))
    except (RedisError, OSError) as error:
        _Resting.until = time.monotonic() + REST_AFTER_FAILURE
        log.warning("the cache does not answer: requests are not counted", error=str(error))
        return 0


class _ActorThrottle(BaseThrottle):
    """Counts requests that have an actor, by something of the actor's."""

    scope: ClassVar[str]
    delay: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        actor = getattr(request._request, "actor", None)
        if actor is None:
            return True
        self.delay = seconds_to_wait(self.scope, self.who(actor))
        return self.delay is None

    def wait(self) -> float | None:
        return self.delay

    def who(self, actor: Any) -> str:
        raise NotImplementedError


class MemberThrottle(_ActorThrottle):
    """One member's requests, whichever session or token they come by."""

    scope = "member"

    def who(self, actor: Any) -> str:
        return str(actor.membership_id)


class NetworkThrottle(_ActorThrottle):
    """All of a network's requests together: a noisy network does not slow the others."""

    scope = "network"

    def who(self, actor: Any) -> str:
        return str(actor.network_id)
