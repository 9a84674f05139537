"""One open stream: what it sends, when it checks again, how it ends."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from redis import RedisError

from dnm.notifications.live.door import THREADS, Guest, Refused, admit, missed, with_connection

RETRY_MILLISECONDS = 2000
QUEUE_LENGTH = 64
SEND_TIMEOUT = 20.0
DOUBTFUL_CHECKS = 4
"""So many checks in a row may fail for want of a database before the stream ends."""

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """A message from the membership's channel, to be sent on."""

    event: str
    id: str
    data: str


class Catch:
    """Order to a stream: read from the database what came since the last event."""


@dataclass(frozen=True, slots=True)
class End:
    """Order to a stream: end. With a `reason` the client is told and must not come back by itself."""

    reason: str = ""


class Stream:
    """A client that listens to one membership's channel.

    The hub calls `offer`; the ASGI task runs `run`. Memory is bounded: a client that does not read loses its
    stream when the queue is full, and catches up from the database when it comes back.
    """

    def __init__(
        self, guest: Guest, scope: dict[str, Any], *, seen: str | None, is_live: Callable[[], bool]
    ) -> None:
        self.guest = guest
        self._scope = scope
        self._seen = seen
        self._is_live = is_live
        self._queue: asyncio.Queue[Told | type[Catch] | End] = asyncio.Queue(QUEUE_LENGTH)
        self._sent: deque[str] = deque([seen or ""], maxlen=2 * QUEUE_LENGTH)
        self._doubtful = 0
        self._overrun = False

    def offer(self, item: Told | type[Catch] | End) -> None:
        """Put an item in the queue; never waits. After an overrun the stream ends as soon as it can."""
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self._overrun = True

    def hear(self, event: str, id: str, data: dict[str, Any]) -> None:
        """A message of the channel."""
        if event != "close":
            self.offer(Told(event, id, json.dumps(data)))
        elif data.get("session") in (None, self.guest.session):
            self.offer(End("ended"))

    async def run(self, receive: Receive, send: Send) -> None:
        """Serve until the client leaves, the right ends or the process stops."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await self._write(send, f"retry: {RETRY_MILLISECONDS}\n\n")
            while not gone.done() and not self._overrun:
                order = await self._next(gone)
                if gone.done() or not await self._obey(order, send):
                    break
        except TimeoutError:
            log.info("live stream ended: the client does not read")
        finally:
            gone.cancel()
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self, gone: asyncio.Future[None]) -> Told | type[Catch] | End | None:
        """The next order; None when it is time for a heartbeat or the client has left."""
        waiting = asyncio.ensure_future(self._queue.get())
        beat = settings.LIVE_HEARTBEAT * random.uniform(0.9, 1.1)  # noqa: S311 - spreads the checks
        either: set[asyncio.Future[Any]] = {waiting, gone}
        await asyncio.wait(either, timeout=beat, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        waiting.cancel()
        return None

    async def _obey(self, order: Told | type[Catch] | End | None, send: Send) -> bool:
        """Do one thing; False ends the stream."""
        if isinstance(order, Told):
            await self._tell(order, send)
        elif isinstance(order, End):
            if order.reason:
                await self._write(send, _event("close", "", json.dumps({"reason": order.reason})))
            return False
        elif order is Catch:
            await self._catch_up(send)
        else:
            await self._write(send, ": still here\n\n")
            if not await self._still_welcome():
                return False
            if not self._is_live():
                await self._catch_up(send)
        return True

    async def _tell(self, told: Told, send: Send) -> None:
        if told.id:
            if told.id in self._sent:
                return
            self._sent.append(told.id)
            self._seen = max(self._seen or "", told.id)
        await self._write(send, _event(told.event, told.id, told.data))

    async def _catch_up(self, send: Send) -> None:
        try:
            events, self._seen = await in_thread(missed, self.guest, self._seen)
        except (DatabaseError, OSError) as error:
            log.warning("live stream could not catch up", error=str(error))
            return
        for id, kind in events:
            await self._tell(Told("notification", id, json.dumps({"kind": kind})), send)

    async def _still_welcome(self) -> bool:
        """Whether the session, the token and the membership still stand."""
        try:
            guest = await in_thread(admit, self._scope)
        except Refused:
            return False
        except (DatabaseError, RedisError, OSError) as error:
            self._doubtful += 1
            log.warning("live stream could not be checked", error=str(error))
            return self._doubtful < DOUBTFUL_CHECKS
        self._doubtful = 0
        return guest.membership_id == self.guest.membership_id

    async def _write(self, send: Send, text: str) -> None:
        message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
        await asyncio.wait_for(send(message), SEND_TIMEOUT)


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Cookie, Authorization, Host"),
]


def _event(event: str, id: str, data: str) -> str:
    return f"event: {event}\n" + (f"id: {id}\n" if id else "") + f"data: {data}\n\n"


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a database function of `door` in one of its threads."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(THREADS, partial(with_connection, function, *arguments))
