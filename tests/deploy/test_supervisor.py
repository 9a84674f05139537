"""The demo's supervisor with everything it starts: to READY and back, and what happens when a part ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.checkout import TOP, Checkout

pytestmark = pytest.mark.sweep
FIRST_START = 240
PARTS = ("web", "worker", "beat")


class Demo:
    """One `python -m dnm.demo` with data of its own."""

    def __init__(self, data: Path) -> None:
        self.checkout = Checkout(data)
        self.log = data.with_suffix(".log")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts it and waits for READY; the seconds that took."""
        began = time.monotonic()
        self.process = self.begin()
        while "\nREADY http" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - began < FIRST_START, self.said()
            time.sleep(0.2)
        return time.monotonic() - began

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dnm.demo", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=TOP,
                env=self.checkout.environment(PORT=str(self.port)),
                start_new_session=True,
            )

    def said(self) -> str:
        return "\n" + self.log.read_text()

    def end(self) -> int:
        assert self.process
        os.killpg(self.process.pid, signal.SIGTERM)
        return self.process.wait(timeout=60)

    def children(self) -> dict[str, int]:
        """The parts by name, and all that they have started in turn."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    environment = (folder / "environ").read_bytes()
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if f"DNM_DATA={self.checkout.data}\0".encode() in environment and words[0]:
                    name = next(
                        (part for part in PARTS if f"DNM_PROCESS={part}\0".encode() in environment), ""
                    )
                    if name:
                        found[f"{name} {folder.name}"] = int(folder.name)
        return found

    def leader(self, part: str) -> int:
        """The first process of a part: the one whose parent is the supervisor."""
        assert self.process
        for name, pid in self.children().items():
            if name.startswith(part):
                parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == self.process.pid:
                    return pid
        raise AssertionError(f"no {part}")

    def nothing_is_left(self) -> bool:
        until = time.monotonic() + 20
        while (self.children() or self.checkout.processes()) and time.monotonic() < until:
            time.sleep(0.2)
        return not self.children() and not self.checkout.processes()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    one = Demo(tmp_path_factory.mktemp("demo") / "data")
    yield one
    if one.process and one.process.poll() is None:
        one.end()
    one.checkout("remove")


@pytest.fixture(autouse=True)
def stopped(demo: Demo) -> Iterator[None]:
    yield
    if demo.process and demo.process.poll() is None:
        demo.end()


def test_from_nothing_to_ready_and_back(demo: Demo) -> None:
    took = demo.start()
    assert took < FIRST_START
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/readyz", timeout=5) as answer:
        assert answer.status == 200
    written = json.loads((demo.checkout.data / "demo.json").read_text())
    assert written["base"] == f"http://127.0.0.1:{demo.port}"
    assert len(written["networks"]) == 2
    slugs = {network["slug"] for network in written["networks"]}
    assert slugs <= {login["network"] for login in written["logins"]}
    assert demo.end() == 0
    assert demo.nothing_is_left()


def test_a_second_start_takes_seconds_and_keeps_the_data(demo: Demo) -> None:
    demo.start()
    demo.end()
    before = json.loads((demo.checkout.data / "demo.json").read_text())["logins"]
    assert demo.start() < 30
    assert "seeding" not in demo.said()
    assert json.loads((demo.checkout.data / "demo.json").read_text())["logins"] == before


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_ends_ends_the_demo_with_the_reason(demo: Demo, part: str) -> None:
    demo.start()
    assert demo.process
    os.kill(demo.leader(part), signal.SIGKILL)
    assert demo.process.wait(timeout=60) == 1
    assert f"{part} has ended (exit code -9). The end of" in demo.said()
    assert demo.nothing_is_left()


def test_a_database_that_is_killed_ends_the_demo_with_the_reason(demo: Demo) -> None:
    demo.start()
    assert demo.process
    os.kill(demo.checkout.processes()["PostgreSQL"], signal.SIGKILL)
    assert demo.process.wait(timeout=60) == 1
    assert "has ended" in demo.said()
    assert demo.nothing_is_left()


def test_a_killed_supervisor_leaves_nothing_that_the_next_one_does_not_clean_up(demo: Demo) -> None:
    demo.start()
    assert demo.process
    demo.process.kill()
    demo.process.wait()
    until = time.monotonic() + 20
    while demo.children() and time.monotonic() < until:
        time.sleep(0.2)
    assert demo.children() == {}
    demo.start()
    demo.end()
    assert demo.nothing_is_left()


def test_one_demo_a_checkout(demo: Demo) -> None:
    demo.start()
    for arguments in ((), ("reset",)):
        answer = subprocess.run(
            [sys.executable, "-m", "dnm.demo", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=TOP,
            env=demo.checkout.environment(PORT="1"),
        )
        assert answer.returncode == 1
        assert "A demo already runs" in answer.stderr


def test_a_port_in_use_is_named(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", demo.port)):
        assert demo.begin().wait(timeout=30) == 1
    assert f"Port {demo.port} is in use. Choose another: make demo PORT={demo.port + 1}" in demo.said()
    assert demo.nothing_is_left()
