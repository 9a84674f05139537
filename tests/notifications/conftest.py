"""Two networks, and the live server as it runs in production: its own process, real Valkey."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connections

from dnm import embedded
from tests.notifications.stream import EventStream
from tests.notifications.trio import Trio, make_trio

Address = tuple[str, int]
ROOT = Path(__file__).resolve().parents[2]
HEARTBEAT = 1.0
GRANIAN = [sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws"]


@pytest.fixture
def trio(transactional_db: None) -> Trio:
    return make_trio()


@pytest.fixture(scope="session")
def live_address(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """granian with `dnm.asgi`, once for all tests of a worker."""
    port, log = free_port(), tmp_path_factory.mktemp("live") / "server.log"
    server = start_server(port, log)
    try:
        yield "127.0.0.1", port
    finally:
        server.terminate()
        assert server.wait(timeout=15) == 0, log.read_text()


@pytest.fixture
def listen(transactional_db: None, live_address: Address) -> Iterator[Callable[..., EventStream]]:
    """Opens streams, and closes them after the test."""
    opened: list[EventStream] = []

    def open_stream(**kwargs: Any) -> EventStream:
        opened.append(EventStream(live_address, **kwargs))
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()
    wait_until_idle()


def start_server(port: int, log: Path) -> subprocess.Popen[bytes]:
    """A server that answers; stop it with `terminate`."""
    command = [*GRANIAN, "--port", str(port), "dnm.asgi:application"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=out, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    server.kill()
    pytest.fail("the live server did not start:\n" + log.read_text())


def wait_until_idle() -> None:
    """Emptying the tables after the test would deadlock with a check that a stream has in hand."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dnm-events' AND state <> 'idle'"
    busy = 1
    while busy:
        time.sleep(0.05)
        with connections["default"].cursor() as cursor:
            cursor.execute(asked)
            (busy,) = cursor.fetchone()


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment() -> dict[str, str]:
    """The server's environment: the test database instead of the real one, as the same two roles."""
    found = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.addresses().database,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or embedded.addresses().database_owner,
    }
    name = connections["default"].settings_dict["NAME"]
    urls = {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in found.items()}
    return {
        **os.environ,
        **urls,
        "REDIS_URL": settings.REDIS_URL,
        "DNM_ENV": "test",
        "DNM_LIVE_HEARTBEAT": str(HEARTBEAT),
        "DNM_PROCESS": "events",
    }
