"""What `make demo` runs: servers, migrations, seed, web, worker and beat, from nothing to READY and back.

One supervisor a checkout, so that there is exactly one beat. It stops everything it started when it is told
to, and when one of its processes ends by itself: then it says which, shows the end of its log and fails.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from dnm import embedded
from dnm.demo.children import Child, spawn, stop
from dnm.demo.surroundings import DemoError, ask, check_port, fingerprint, only_one
from dnm.demo.welcome import readdress, welcome

TOP = Path(__file__).resolve().parents[2]
READY_WITHIN = 120
OWNER_ONLY = ("DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")


class StoppedError(Exception):
    """Someone asked us to stop."""


def run(port: int) -> int:
    """Runs the demo until it is told to stop; returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    try:
        with only_one():
            check_port(port)
            Demo(port).run()
    except StoppedError:
        return 0
    except (DemoError, embedded.EmbeddedError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def reset() -> int:
    """Deletes the demo's data; refuses while it runs."""
    try:
        with only_one():
            if os.environ.get("DATABASE_URL"):
                raise DemoError("DATABASE_URL names a database of yours: empty it yourself.")
            embedded.remove()
            data = embedded.data()
            for name in ("demo.json", "seeding", "collected"):
                (data / name).unlink(missing_ok=True)
            shutil.rmtree(data / "media", ignore_errors=True)
    except (DemoError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    print("The demo's data are deleted. The next `make demo` starts over.")
    return 0


class Demo:
    """One run."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self.data = embedded.data()
        self.environment: dict[str, str] = {}
        self.children: list[Child] = []

    def run(self) -> None:
        began = time.monotonic()
        self._start_over_if_interrupted()
        with ExitStack() as servers:
            servers.callback(_say_stopped)
            with _step("PostgreSQL and Valkey"):
                addresses = servers.enter_context(embedded.running())
            self.environment = self._environment(addresses)
            try:
                self._prepare()
                self._serve()
                self._announce(time.monotonic() - began)
                self._watch()
            finally:
                _ignore_signals()
                print("\nStopping …", end=" ", flush=True)
                stop(self.children)

    def _environment(self, addresses: dict[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            **addresses,
            "DNM_ENV": "demo",
            "DNM_DATA": str(self.data),
            "DNM_MEDIA_ROOT": str(self.data / "media"),
            "DNM_STATIC_ROOT": str(self.data / "static"),
            "DNM_BEAT_SCHEDULE": str(self.data / "beat-schedule"),
            "DNM_PORTAL_ADDRESS": f"http://{{host}}:{self.port}",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": "1",
        }

    # Preparation

    def _prepare(self) -> None:
        self._manage("migrating", "migrate", "--noinput", "--database=owner")
        statics = fingerprint(TOP / "static", TOP / "requirements-demo.lock")
        collected = self.data / "collected"
        if not collected.exists() or collected.read_text() != statics:
            self._manage("collecting the static files", "collectstatic", "--noinput", "--clear")
            collected.write_text(statics)
        if not (self.data / "demo.json").exists():
            seeding = self.data / "seeding"
            seeding.touch()
            self._manage("seeding two networks", "seed_demo", show=True)
            seeding.unlink()
        readdress(self.data / "demo.json", self.port)

    def _start_over_if_interrupted(self) -> None:
        """Half a seed is worse than none."""
        if not (self.data / "seeding").exists():
            return
        if os.environ.get("DATABASE_URL"):
            raise DemoError(
                "The last seeding did not finish, and DATABASE_URL names a database of yours. "
                f"Empty it, delete {self.data / 'seeding'} and start again."
            )
        print("The last seeding did not finish: starting over.", flush=True)
        embedded.remove()
        (self.data / "demo.json").unlink(missing_ok=True)
        (self.data / "seeding").unlink()

    def _manage(self, title: str, command: str, *options: str, show: bool = False) -> None:
        """Runs a management command as the owner; its output goes to a log that is shown if it fails."""
        with _step(title):
            child = spawn(
                command,
                [sys.executable, "manage.py", command, *options],
                log=self.data / "logs" / f"{command}.log",
                env={**self.environment, "DNM_PROCESS": "command"},
                cwd=TOP,
            )
            self.children.append(child)
            code = _wait_showing(child) if show else child.process.wait()
            self.children.remove(child)
        if code != 0:
            raise DemoError(f"`manage.py {command}` failed ({child.log}):\n{child.said()}")

    # Service

    def _serve(self) -> None:
        with _step("web, worker and beat"):
            for name, command in self._commands().items():
                environment = {key: value for key, value in self.environment.items() if key not in OWNER_ONLY}
                self.children.append(
                    spawn(
                        name,
                        [sys.executable, "-m", *command],
                        log=self.data / "logs" / f"{name}.log",
                        env={**environment, "DNM_PROCESS": name},
                        cwd=TOP,
                    )
                )
            self._wait_ready()

    def _commands(self) -> dict[str, list[str]]:
        web = f"granian --interface asgi --host 127.0.0.1 --port {self.port} --workers-kill-timeout 5"
        worker = "celery -A dnm worker --loglevel INFO --concurrency 2 --without-gossip --without-mingle"
        beat = "celery -A dnm beat --loglevel INFO --pidfile="
        schedule = f"--schedule={self.data / 'beat-schedule'}"
        return {
            "web": [*web.split(), "dnm.asgi:application"],
            "worker": worker.split(),
            "beat": [*beat.split(), schedule],
        }

    def _wait_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        answer = ""
        while time.monotonic() < until:
            self._check_children()
            answer = ask(f"{self.base}/readyz")
            if not answer and self._worker_is_ready():
                return
            time.sleep(0.2)
        reason = answer or "the worker did not say that it is ready"
        raise DemoError(f"{self.base}/readyz was not ready within {READY_WITHIN} s: {reason}")

    def _worker_is_ready(self) -> bool:
        """Celery says so once, and may have said much since."""
        worker = next(child for child in self.children if child.name == "worker")
        return " ready.\n" in worker.log.read_text(errors="replace")

    def _check_children(self) -> None:
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise DemoError(
                    f"{child.name} has ended (exit code {code}). The end of {child.log}:\n{child.said()}"
                )

    def _watch(self) -> None:
        mine = {name for name, pid in embedded.status().items() if pid is not None}
        while True:
            time.sleep(1)
            self._check_children()
            gone = mine - {name for name, pid in embedded.status().items() if pid is not None}
            if gone:
                raise DemoError(
                    f"{' and '.join(sorted(gone))} has ended. Its log is in {self.data / 'logs'}."
                )

    def _announce(self, seconds: float) -> None:
        logs = self.data / "logs"
        print(f"READY {self.base}\n{welcome(self.data / 'demo.json')}")
        print(f"\nUp after {seconds:.0f} s, logs in {logs}. Ctrl-C stops everything.", flush=True)


def _on_signal(number: int, frame: FrameType | None) -> None:
    _ignore_signals()
    raise StoppedError


def _ignore_signals() -> None:
    """Stopping is not interrupted by a second signal: what it would leave behind is worse than a wait."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _say_stopped() -> None:
    print("Stopped.", flush=True)


@contextmanager
def _step(title: str) -> Iterator[None]:
    print(f"  {title} …", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _wait_showing(child: Child) -> int:
    """Waits for a long command and shows the lines it writes meanwhile."""
    with child.log.open(errors="replace") as log:
        print(flush=True)
        while True:
            code = child.process.poll()
            for line in log.read().splitlines():
                print(f"    {line}", flush=True)
            if code is not None:
                print("  …", end=" ")
                return code
            time.sleep(0.5)
