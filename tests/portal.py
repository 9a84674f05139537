"""The portal's own processes on a test database: what the benches and the browser tests talk to."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


class Servers:
    """Web (granian, the demo's one-port interface), a worker for all queues, and beat, for the length of
    a block.
    """

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.port = _free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Servers":
        from dnm.celery import QUEUES

        python = [sys.executable, "-m"]
        self._start(
            "web", *python, "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(self.port),
            "--no-ws", "--log-level", "warning", "dnm.asgi:application",
        )  # fmt: skip
        self._start(
            "worker", *python, "celery", "-A", "dnm", "worker", "-Q", ",".join(QUEUES), "-c", "1",
            "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        )  # fmt: skip
        schedule = Path(tempfile.mkdtemp()) / "beat"
        self._start(
            "beat", *python, "celery", "-A", "dnm", "beat", "-s", str(schedule), "--loglevel", "WARNING"
        )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def session(self, membership: Any) -> str:
        """A session cookie of the member's, as the login makes one."""
        from django.conf import settings

        from tests.signing_in import session_of

        return f"{settings.SESSION_COOKIE_NAME}={session_of(membership.user, membership.network_id)}"

    def rss_mib(self, name: str) -> float:
        """Resident memory of the heaviest process of this kind (parents and children count each for
        itself).
        """
        parent = self.processes[name].pid
        return max(_rss(pid) for pid in [parent, *_children(parent)])

    def _start(self, name: str, *command: str) -> None:
        from django.conf import settings
        from django.db import connections

        database = connections["default"].settings_dict["NAME"]
        env = {
            **os.environ,
            "DNM_PROCESS": name,
            "DNM_ENQUIRY_RATE": "1000000/min",
            "DNM_FILES": str(settings.FILES_ROOT),
            "DATABASE_URL": _renamed(os.environ["DATABASE_URL"], database),
            "DATABASE_OWNER_URL": _renamed(os.environ["DATABASE_OWNER_URL"], database),
        }
        self.processes[name] = subprocess.Popen(command, env=env)

    def _wait(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5)
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
            else:
                return
        self.__exit__()
        raise RuntimeError("the portal does not answer")


def _renamed(url: str, database: str) -> str:
    """The address with another database."""
    head, _, tail = url.partition("://")
    host, _, rest = tail.partition("/")
    query = rest.partition("?")[2]
    return f"{head}://{host}/{database}" + (f"?{query}" if query else "")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
