"""Celery workers, beat and the web as processes of their own, on the test database and a broker of their own.

Killed with -9, frozen, their broker emptied: nothing of it disturbs the rest of the tests.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import kombu.pools
import redis
from django.db import connections

from dnm import embedded
from dnm.celery import QUEUES, app
from dnm.embedded.places import prepare, valkey_server
from dnm.events.hints import Quiet

ROOT = Path(__file__).resolve().parents[1]
READY = 60
"""Seconds that a process has to come up on a busy machine."""


def wait_for(happened: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Wait until it has happened; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(every)
    return happened()


class Broker:
    """A Valkey that only one test process uses: it may be emptied altogether, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url)
        self.start()

    def start(self) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self._process = subprocess.Popen(
            [str(valkey_server(prepare())), *options], stdout=subprocess.DEVNULL, start_new_session=True
        )
        assert wait_for(self.answers, READY), "the broker did not start"

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        """-9: nothing of it was saved."""
        self._process.kill()
        self._process.wait(timeout=10)

    def stop(self) -> None:
        self.client.close()
        self.kill()


def environment(broker: Broker, process: str) -> dict[str, str]:
    """Of a process on the test database, as the same two roles, with a broker of its own."""
    found = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.addresses().database,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or embedded.addresses().database_owner,
    }
    name = connections["default"].settings_dict["NAME"]
    urls = {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in found.items()}
    return {**os.environ, **urls, "REDIS_URL": broker.url, "DNM_ENV": "test", "DNM_PROCESS": process}


class Background:
    """Starts workers, beat and the web, kills and freezes them, and ends what is left."""

    def __init__(self, logs: Path, broker: Broker) -> None:
        self.logs = logs
        self.server = broker
        self.broker = broker.client
        self.broker.flushall()
        self._processes: list[subprocess.Popen[bytes]] = []

    def worker(
        self, *, queues: str = ",".join(QUEUES), concurrency: int = 1, include: str = ""
    ) -> subprocess.Popen[bytes]:
        """A worker that is ready for work."""
        options = ["--without-gossip", "--without-mingle", "--loglevel=INFO", f"--queues={queues}"]
        options += [f"--concurrency={concurrency}", f"--hostname=w{len(self._processes)}@%h"]
        options += [f"--include={include}"] if include else []
        return self._start("worker", ["celery", "--app=dnm.celery", "worker", *options], until=" ready.")

    def beat(self) -> subprocess.Popen[bytes]:
        """The clock, with a schedule file of its own."""
        schedule = self.logs / f"schedule-{len(self._processes)}"
        options = ["--loglevel=INFO", f"--schedule={schedule}"]
        return self._start("beat", ["celery", "--app=dnm.celery", "beat", *options], until="beat: Starting")

    def web(self, *, workers: int) -> int:
        """granian with several processes; the port on which they listen."""
        port = _free_port()
        options = ["--interface", "asgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port)]
        command = ["granian", *options, "--workers", str(workers), "dnm.asgi:application"]
        self._start("web", command, until="Started worker-1")
        return port

    def _start(self, what: str, command: list[str], *, until: str) -> subprocess.Popen[bytes]:
        log = self.logs / f"{what}-{len(self._processes)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment(self.server, what),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._processes.append(process)
        wait_for(lambda: until in log.read_text() or process.poll() is not None, READY)
        assert process.poll() is None, log.read_text()[-3000:]
        assert until in log.read_text(), f"{what} did not start:\n{log.read_text()[-3000:]}"
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """-9, to the process and all its children at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def freeze(self, process: subprocess.Popen[bytes]) -> None:
        """As a machine that is out of breath: everything stops, nothing is lost."""
        os.killpg(process.pid, signal.SIGSTOP)

    def thaw(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End everything that still runs, in the database too: the tables are emptied next."""
        for process in self._processes:
            if process.poll() is None:
                self.kill(process)
        assert wait_for(lambda: sessions() == 0, 20), "a process that was killed is still in the database"

    def said(self) -> str:
        """What the processes logged, for messages of tests."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.logs.glob("*.log")))


def sessions(*, waiting: bool = False) -> int:
    """Sessions of the application at work in the test database; only those waiting for a lock, if asked."""
    only = "AND wait_event_type = 'Lock'" if waiting else ""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            f"AND usename = current_user AND state <> 'idle' AND pid <> pg_backend_pid() {only}"
        )
        return int(cursor.fetchone()[0])


@contextmanager
def hints_to(url: str) -> Iterator[None]:
    """Send this process's hints to another broker."""
    before = app.conf.broker_url
    _point_at(url)
    try:
        yield
    finally:
        _point_at(before)


def _point_at(url: str) -> None:
    app.conf.broker_url = url
    kombu.pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
    Quiet.until = 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
