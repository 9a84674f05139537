"""The demo's processes: started in sessions of their own, watched, stopped together.

In sessions of their own, because a Ctrl-C in the terminal reaches the whole foreground group, and a worker
that is told twice to stop drops what it is doing.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 12.0
"""Seconds that a process has to end by itself before it is killed."""
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def said(self, lines: int = 20) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def spawn(name: str, command: list[str], *, log: Path, env: dict[str, str], cwd: Path) -> Child:
    """Starts a process that writes to its own log and does not outlive us."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509 - this process has one thread
        )
    return Child(name, process, log)


def _die_with_parent(parent: int) -> Callable[[], None] | None:
    """On Linux a child is told to end when its parent is killed; elsewhere it is left to the next start."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def stop(children: list[Child]) -> None:
    """Asks every process to end, and kills what has not ended in time, with all it has started."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    until = time.monotonic() + PATIENCE
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(timeout=max(0.1, until - time.monotonic()))
        _kill_group(child.process.pid)
        child.process.wait()


def _kill_group(leader: int) -> None:
    """Ends what is left of a session: workers of a server that was killed, for example."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
