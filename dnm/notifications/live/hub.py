"""One Valkey connection a process, fanned out to the streams."""

import asyncio
import json
from typing import Any

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from dnm.notifications.live.publishing import channel
from dnm.notifications.live.streams import Catch, End, Stream

STREAMS_PER_MEMBERSHIP = 8
STREAMS_PER_PROCESS = 4000
KEEP_OPEN = "dnm:live:keep-open"
"""A channel on which nobody speaks: a subscription needs at least one."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
READ_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Hub:
    """The streams of this process, by channel, and the reader that feeds them.

    When Valkey goes away the reader comes back with growing pauses and subscribes anew; each confirmed
    subscription makes the channel's streams read from the database what was said meanwhile.
    """

    def __init__(self) -> None:
        self._streams: dict[str, list[Stream]] = {}
        self._live: set[str] = set()
        self._pubsub: PubSub | None = None
        self._reader: asyncio.Task[None] | None = None
        self._count = 0

    @property
    def full(self) -> bool:
        return self._count >= STREAMS_PER_PROCESS

    def is_live(self, name: str) -> bool:
        """Whether the channel is subscribed just now."""
        return name in self._live

    async def join(self, stream: Stream) -> None:
        """Feed the stream from now on. Of too many on one membership the oldest is closed."""
        if self._reader is None:
            self._reader = asyncio.create_task(self._keep_reading())
        name = _channel_of(stream)
        streams = self._streams.setdefault(name, [])
        streams.append(stream)
        self._count += 1
        if len(streams) > STREAMS_PER_MEMBERSHIP:
            streams[0].offer(End("too-many"))
        if name in self._live or self._pubsub is None:
            stream.offer(Catch)
        elif len(streams) == 1:
            await self._subscribe(name)

    async def leave(self, stream: Stream) -> None:
        """The stream has ended."""
        name = _channel_of(stream)
        streams = self._streams.get(name, [])
        if stream in streams:
            streams.remove(stream)
            self._count -= 1
        if not streams and self._streams.pop(name, None) is not None:
            self._live.discard(name)
            if self._pubsub is not None:
                await self._quietly(self._pubsub.unsubscribe(name))

    def end_all(self) -> None:
        """The process stops: every stream ends, and its client comes back to whoever serves next."""
        for streams in self._streams.values():
            for stream in streams:
                stream.offer(End())

    async def stop(self) -> None:
        """End the streams and the reader."""
        self.end_all()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _subscribe(self, name: str) -> None:
        if self._pubsub is not None:
            await self._quietly(self._pubsub.subscribe(name))

    async def _quietly(self, command: Any) -> None:
        """A command that fails is made good by the reader, which notices the same failure."""
        try:
            await command
        except (RedisError, OSError) as error:
            log.debug("live channel command failed", error=str(error))

    async def _keep_reading(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with _connection() as valkey, valkey.pubsub() as pubsub:
                    await pubsub.subscribe(KEEP_OPEN, *self._streams)
                    self._pubsub = pubsub
                    pause = FIRST_PAUSE
                    while True:
                        message = await pubsub.get_message(timeout=READ_SECONDS)
                        if message is not None:
                            self._take(message)
            except (RedisError, OSError) as error:
                log.warning("live channel lost; trying again", error=str(error), pause=pause)
            finally:
                self._pubsub = None
                self._live.clear()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _take(self, message: dict[str, Any]) -> None:
        name = message["channel"]
        if message["type"] == "subscribe" and name in self._streams:
            self._live.add(name)
            for stream in self._streams[name]:
                stream.offer(Catch)
        elif message["type"] == "message":
            self._spread(name, message["data"])

    def _spread(self, name: str, text: str) -> None:
        try:
            said = json.loads(text)
            event, id, data = str(said["event"]), str(said["id"]), dict(said["data"])
        except (ValueError, KeyError, TypeError):
            log.warning("live message not understood", channel=name)
            return
        for stream in self._streams.get(name, ()):
            stream.hear(event, id, data)


def _channel_of(stream: Stream) -> str:
    return channel(stream.guest.actor.network_id, stream.guest.membership_id)


def _connection() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=2.0,
        socket_keepalive=True,
        health_check_interval=15,
        retry=Retry(NoBackoff(), 0),
    )
