"""A client of server-sent events, as plain as the protocol."""

import http.client
import json
import queue
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One event as the client sees it."""

    event: str
    id: str
    data: Any


class EventStream:
    """Opens `/events/` and reads it line by line, never longer than a deadline."""

    def __init__(
        self,
        address: tuple[str, int],
        *,
        host: str,
        session: str = "",
        token: str = "",
        last: str = "",
        query: str = "",
        method: str = "GET",
    ) -> None:
        headers = {"Host": f"{host}:{address[1]}", "Accept": "text/event-stream"}
        if session:
            headers["Cookie"] = f"dnm_session={session}"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if last:
            headers["Last-Event-ID"] = last
        self._connection = http.client.HTTPConnection(*address, timeout=60)
        self._connection.request(method, f"/events/{query}", headers=headers)
        self._socket = self._connection.sock
        self.response = self._connection.getresponse()
        self.status = self.response.status
        self.comments = 0
        self.retry = 0
        self._events: queue.Queue[Heard | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True) if self.status == 200 else None
        if self._reader is not None:
            self._reader.start()

    def next(self, within: float = 5.0) -> Heard | None:
        """The next event; None when the stream has ended. Raises `queue.Empty` when nothing comes."""
        return self._events.get(timeout=within)

    def silent(self, seconds: float) -> bool:
        """Whether nothing but signs of life comes for so long."""
        try:
            self.next(within=seconds)
        except queue.Empty:
            return True
        return False

    def ready(self) -> "EventStream":
        """Wait until the server has written its first bytes and had time to subscribe."""
        deadline = time.monotonic() + 5
        while not self.retry and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        return self

    def close(self) -> None:
        """Leave, as a browser does: without a word."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._reader is not None:
            self._reader.join(timeout=5)
        self._connection.close()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with suppress(OSError, ValueError, http.client.HTTPException):
            for line in iter(self.response.readline, b""):
                name, _, value = line.decode().rstrip("\n").partition(":")
                if line == b"\n":
                    self._take(fields)
                    fields = {}
                elif name == "":
                    self.comments += 1
                else:
                    fields[name] = value.removeprefix(" ")
        self._events.put(None)

    def _take(self, fields: dict[str, str]) -> None:
        if "retry" in fields:
            self.retry = int(fields["retry"])
        if "event" in fields:
            self._events.put(Heard(fields["event"], fields.get("id", ""), json.loads(fields["data"])))
