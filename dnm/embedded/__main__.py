"""`python -m dnm.embedded start|stop|status|remove|run -- CMD`."""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.servers import addresses, remove, running, start, status, stop

PATIENCE = 30
"""Seconds that a command has to end after a signal before it is killed."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dnm.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start the servers and leave them running")
    commands.add_parser("stop", help="stop the servers")
    commands.add_parser("status", help="say what is running and where")
    commands.add_parser("remove", help="stop the servers and delete their data")
    run = commands.add_parser("run", help="run a command with servers, stop them after it")
    run.add_argument("run", nargs=argparse.REMAINDER, metavar="-- CMD")
    chosen = parser.parse_args(arguments)
    try:
        match chosen.command:
            case "start":
                return _start()
            case "stop":
                stopped = stop()
                print(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing was running.")
                return 0
            case "status":
                return _status()
            case "remove":
                remove()
                print("The servers' data are removed.")
                return 0
            case _:
                return _run(chosen.run[1:] if chosen.run[:1] == ["--"] else chosen.run)
    except EmbeddedError as error:
        print(f"dnm.embedded: {error}", file=sys.stderr)
        return 1


def _start() -> int:
    before = {name for name, pid in status().items() if pid is not None}
    found = start()
    if not found:
        print("DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL name other servers: nothing to start.")
        return 0
    print("Already running:" if len(before) == 2 else "Running:")
    for name, url in found.items():
        print(f"  {name}={url}")
    return 0


def _status() -> int:
    for name, pid in status().items():
        print(f"{name}: {f'running, process {pid}' if pid else 'not running'}")
    for name, url in addresses().items():
        print(f"  {name}={url}")
    return 0


class _Ended(Exception):
    """A signal asked us to end before the command had begun."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _run(command: list[str]) -> int:
    if not command:
        print("dnm.embedded: say what to run: python -m dnm.embedded run -- CMD", file=sys.stderr)
        return 2
    child: subprocess.Popen[bytes] | None = None
    asked: list[int] = []

    def on_signal(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        if child is None:
            if len(asked) == 1:
                raise _Ended(number)
        elif not (
            number == signal.SIGINT and _in_terminal()
        ):  # a terminal has sent it to the command as well
            child.send_signal(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        with running() as found:
            try:
                child = subprocess.Popen(command, env={**os.environ, **found})
            except OSError as error:
                print(f"dnm.embedded: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
                return 127
            code = _wait(child, asked)
    except _Ended as ended:
        return 128 + ended.number
    return 128 - code if code < 0 else code


def _wait(child: subprocess.Popen[bytes], asked: list[int]) -> int:
    """Waits for the command, without end unless a signal has asked it to end."""
    patience = PATIENCE
    while True:
        try:
            return child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if any(number != signal.SIGINT for number in asked):
                patience -= 1
            if patience == 0:
                child.kill()


def _in_terminal() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
