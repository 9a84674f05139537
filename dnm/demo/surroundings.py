"""What the supervisor asks of its surroundings: port, lock of the checkout, an answer, a change of files."""

import fcntl
import hashlib
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dnm import embedded


class DemoError(RuntimeError):
    """The demo cannot start or go on; the message says why in plain words."""


@contextmanager
def only_one() -> Iterator[None]:
    """Two demos in one checkout would be two beats."""
    data = embedded.data()
    data.mkdir(parents=True, exist_ok=True)
    lock = os.open(data / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DemoError(
            f"A demo already runs with the data in {data}. Stop it first, or set DNM_DATA."
        ) from None
    else:
        yield
    finally:
        os.close(lock)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise DemoError(f"Port {port} is in use. Choose another: make demo PORT={port + 1}") from None


def ask(address: str) -> str:
    """Empty if the address answers 200; else what is wrong. Never through a proxy."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5) as answer:
            return "" if answer.status == 200 else f"status {answer.status}"
    except urllib.error.HTTPError as error:
        return f"status {error.code}: {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def fingerprint(folder: Path, *files: Path) -> str:
    """Changes when a file of the folder, or the content of one of the files, does."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found = path.stat()
        whole.update(f"{path}:{found.st_size}:{found.st_mtime_ns}".encode())
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
