"""Is that process ours, does it live, and how does it end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_children: dict[int, subprocess.Popen[bytes]] = {}


def command_of(pid: int) -> str:
    """The command line of a living process; empty if it has ended (a zombie has ended)."""
    proc = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    answer = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def lives(pid: int | None, mark: str) -> bool:
    """Whether the process lives and its command line carries the mark: process ids are used again."""
    return pid is not None and mark in command_of(pid)


def remember(process: subprocess.Popen[bytes]) -> None:
    """Keeps hold of a server that outlives the call that started it, so that its end can be collected."""
    _children[process.pid] = process


def collect(pid: int) -> None:
    """Collects an ended server, if it was our child: no zombie stays behind."""
    process = _children.pop(pid, None)
    if process is not None:
        process.wait()


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Asks until the condition holds; False when the time is over."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def end(pid: int, mark: str, *, first: signal.Signals, seconds: float) -> None:
    """Asks the process to end, and kills it when it has not after the time given."""
    for number, patience in ((first, seconds), (signal.SIGKILL, 10.0)):
        if not lives(pid, mark):
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        if wait_for(lambda: not lives(pid, mark), patience):
            return


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, for a message."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def open_log(log: Path, *, cap: int = 10_000_000) -> int:
    """A descriptor that appends to the log; a log over the cap begins anew, keeping one old one."""
    if log.exists() and log.stat().st_size > cap:
        log.replace(log.with_suffix(".old.log"))
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
