"""Celery workers and beat as processes of their own, on the test database and a broker database of their
own.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connections

from dnm import embedded
from dnm.celery import QUEUES, app

ROOT = Path(__file__).resolve().parents[1]
READY = 60
"""Seconds that a process has to come up on a busy machine."""


def broker_url() -> str:
    """A database of the same Valkey that nothing else uses; another one for each test process."""
    number = 15 - int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}"))


def test_database_urls() -> dict[str, str]:
    """The addresses of the test database, for the same two roles."""
    found = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or embedded.addresses().database,
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_OWNER_URL") or embedded.addresses().database_owner,
    }
    name = connections["default"].settings_dict["NAME"]
    return {key: urlunsplit(urlsplit(url)._replace(path=f"/{name}")) for key, url in found.items()}


class Background:
    """Starts workers and beat, kills and freezes them, and ends what is left."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.broker = redis.Redis.from_url(broker_url())
        self.broker.flushdb()
        self._processes: list[subprocess.Popen[bytes]] = []

    def worker(
        self, *, queues: str = ",".join(QUEUES), concurrency: int = 1, include: str = ""
    ) -> subprocess.Popen[bytes]:
        """A worker that is ready for work."""
        options = ["--without-gossip", "--without-mingle", "--loglevel=INFO", f"--queues={queues}"]
        options += [f"--concurrency={concurrency}", f"--hostname=w{len(self._processes)}@%h"]
        options += [f"--include={include}"] if include else []
        return self._start("worker", options, until=" ready.")

    def beat(self) -> subprocess.Popen[bytes]:
        """The clock, with a schedule file of its own."""
        return self._start("beat", ["--loglevel=INFO"], until="beat: Starting")

    def _start(self, what: str, options: list[str], *, until: str) -> subprocess.Popen[bytes]:
        log = self.logs / f"{what}-{len(self._processes)}.log"
        environment = {
            **os.environ,
            **test_database_urls(),
            "REDIS_URL": broker_url(),
            "DNM_ENV": "test",
            "DNM_PROCESS": what,
            "DNM_BEAT_SCHEDULE": str(self.logs / f"schedule-{len(self._processes)}"),
        }
        command = [sys.executable, "-m", "celery", "--app=dnm.celery", what, *options]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
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
        """End everything that still runs."""
        for process in self._processes:
            if process.poll() is None:
                self.thaw(process)
                self.kill(process)
        self.broker.flushdb()
        self.broker.close()

    def said(self) -> str:
        """What the processes logged, for messages of tests."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.logs.glob("*.log")))


def wait_for(happened: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    """Wait until it has happened; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(every)
    return happened()


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
    app.pool.force_close_all()
    app._pool = None
    app.amqp._producer_pool = None
