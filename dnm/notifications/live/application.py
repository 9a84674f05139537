"""`/events/` as an ASGI application: admission, the stream, the life of the process."""

import asyncio
import signal
import threading
from typing import Any
from urllib.parse import parse_qs

import structlog
from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from dnm.notifications.live.door import Refused, admit
from dnm.notifications.live.hub import Hub
from dnm.notifications.live.publishing import channel
from dnm.notifications.live.streams import Receive, Send, Stream, in_thread

REASONS = {
    400: "Bad request.\n",
    401: "Log in first.\n",
    404: "No such host.\n",
    405: "Only GET.\n",
    503: "Try again later.\n",
}
log = structlog.get_logger(__name__)


class Events:
    """Server-sent events of the membership that asks. One instance a process, in one event loop."""

    def __init__(self) -> None:
        self._hub = Hub()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one stream."""
        if scope["method"] != "GET":
            return await _refuse(405, send)
        if self._hub.full:
            return await _refuse(503, send)
        try:
            guest = await in_thread(admit, scope)
        except Refused as refused:
            return await _refuse(refused.status, send)
        except (DatabaseError, RedisError, OSError) as error:
            log.warning("nobody can be admitted to the live channel", error=str(error))
            return await _refuse(503, send)
        name = channel(guest.actor.network_id, guest.membership_id)
        stream = Stream(guest, scope, seen=_seen(scope), is_live=lambda: self._hub.is_live(name))
        await self._hub.join(stream)
        try:
            await stream.run(receive, send)
        finally:
            await self._hub.leave(stream)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server.

        A server that stops waits for open requests first, and a stream never ends by itself: so the signal
        that stops the worker ends the streams as well.
        """
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._end_streams_on_signals()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._hub.stop()
                return await send({"type": "lifespan.shutdown.complete"})

    def _end_streams_on_signals(self) -> None:
        """Beside the loop's own handler, which hears of signals through its wake-up pipe and stays."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._hub.end_all))


def _seen(scope: dict[str, Any]) -> str | None:
    """The last event that the client knows of: the header of a reconnection, or `?after=` of a fresh page."""
    for name, value in scope["headers"]:
        if name.lower() == b"last-event-id" and value:
            return str(value.decode("latin-1"))
    asked = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True).get("after")
    return asked[-1] if asked else None


async def _refuse(status: int, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"5"))
    if status == 405:
        headers.append((b"allow", b"GET"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": REASONS[status].encode()})
