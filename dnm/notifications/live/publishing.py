"""Sending to the streams of a membership, through Valkey pub/sub, after the commit. Ids only, never facts."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import redis
import structlog
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from dnm.accounts.actors import Actor
from dnm.accounts.commits import after_commit

QUIET_SECONDS = 2.0
"""After a failure nothing is tried for so long: a dead Valkey must not slow every commit."""

Value = str | int | None
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One server-sent event for the streams of one membership. `id` is what `Last-Event-ID` will name."""

    network_id: int
    membership_id: int
    event: str
    data: Mapping[str, Value] = field(default_factory=dict)
    id: str = ""

    def encode(self) -> str:
        return json.dumps(
            {"event": self.event, "id": self.id, "data": dict(self.data)}, separators=(",", ":")
        )


def channel(network_id: int, membership_id: int) -> str:
    """The pub/sub channel of a membership. Valkey knows no databases here, so the name carries ours."""
    return f"dnm:live:{connection.settings_dict['NAME']}:{network_id}:{membership_id}"


def publish(
    network_id: int, membership_id: int, event: str, data: Mapping[str, Value], *, id: str = ""
) -> None:
    """Send an event to a membership's streams once the current transaction has committed.

    `data` holds ids, kinds and numbers. Nothing is guaranteed: whoever needs certainty reads the database, as
    the streams and pages do when they miss something.
    """
    message = Message(network_id=network_id, membership_id=membership_id, event=event, data=data, id=id)
    after_commit(send_now, [message])


def close_streams(network_id: int, membership_id: int, *, session_key: str = "") -> None:
    """End a membership's streams after the commit: locked, removed or (with `session_key`) logged out."""
    only = {"session": fingerprint(session_key)} if session_key else {}
    publish(network_id, membership_id, "close", only)


def close_session(actor: Actor, session_key: str) -> None:
    """A member logs out: the streams of that session end."""
    if actor.membership_id is not None:
        close_streams(actor.network_id, actor.membership_id, session_key=session_key)


def fingerprint(session_key: str) -> str:
    """Names a session towards its streams without giving it away."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def send_now(messages: Sequence[Message]) -> None:
    """Hand the messages to Valkey in one round trip. A failure is logged and harmless: clients poll."""
    if not messages or time.monotonic() < _Pause.until:
        return
    try:
        pipeline = _client().pipeline(transaction=False)
        for message in messages:
            pipeline.publish(channel(message.network_id, message.membership_id), message.encode())
        pipeline.execute()
    except (redis.RedisError, OSError) as error:
        _Pause.until = time.monotonic() + QUIET_SECONDS
        log.warning("live messages not sent; clients will poll", count=len(messages), error=str(error))


class _Pause:
    until = 0.0


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    """The process's own connection; retried once, because an idle one may have been cut."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=1.0, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 1)
    )
