"""`python -m dnm.embedded start|stop|status|remove|run -- CMD`."""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.servers import remove, running, start, status, stop, written

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
    for name, url in written().items():
        print(f"  {name}={url}")
    return 0


class _EndedError(Exception):
    """A signal asked us to end before the command had begun."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _run(command: list[str]) -> int:
    if not command:
        print("dnm.embedded: say what to run: python -m dnm.embedded run -- CMD", file=sys.stderr)
        return 2
    runner = _Runner()
    try:
        with running() as found:
            code = runner.run(command, {**os.environ, **found})
    except _EndedError as ended:
        return 128 + ended.number
    return 128 - code if code < 0 else code


class _Runner:
    """Runs one command and hands it the signals that ask us to end."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.asked: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked.append(number)
        if self.child is None:
            if len(self.asked) == 1:
                raise _EndedError(number)
        elif not (number == signal.SIGINT and _in_terminal()):  # a terminal has sent it to the command too
            self.child.send_signal(number)

    def run(self, command: list[str], environment: dict[str, str]) -> int:
        """The command's exit code. It may take for ever, but not after a signal has asked it to end."""
        try:
            self.child = subprocess.Popen(command, env=environment)
        except OSError as error:
            print(f"dnm.embedded: cannot run {command[0]}: {error.strerror}", file=sys.stderr)
            return 127
        patience = PATIENCE
        while True:
            try:
                return self.child.wait(timeout=1)
            except subprocess.TimeoutExpired:
                patience -= any(number != signal.SIGINT for number in self.asked)
                if patience == 0:
                    self.child.kill()


def _in_terminal() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
