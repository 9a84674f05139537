"""Both servers together: who holds them, who stops them, where they answer.

Any number of processes may use the servers of one checkout at once. Each holds a shared lock on `users.lock`;
the last to leave stops them, unless they were started to stay (`start`). A process that is killed loses its
lock with its life, so the next one to leave cleans up after it.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.places import Place, data, existing, prepare
from dnm.embedded.postgres import Postgres
from dnm.embedded.valkey import Valkey

DATABASE_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL")


@dataclass(frozen=True)
class Addresses:
    """Where this checkout's running servers answer; empty texts for what was not started."""

    database: str = ""
    database_owner: str = ""
    database_backup: str = ""
    redis: str = ""


def addresses() -> Addresses:
    """What the settings use when the environment names no server."""
    found = written()
    return Addresses(
        found.get("DATABASE_URL", ""),
        found.get("DATABASE_OWNER_URL", ""),
        found.get("DATABASE_BACKUP_URL", ""),
        found.get("REDIS_URL", ""),
    )


def written() -> dict[str, str]:
    """The same by environment variable, as `start` wrote it down."""
    try:
        return {
            str(name): str(url) for name, url in json.loads((data() / "addresses.json").read_text()).items()
        }
    except (OSError, ValueError):
        return {}


def start(*, stay: bool = True) -> dict[str, str]:
    """Starts what the environment does not already name and says where it answers.

    `stay` keeps the servers up when the last `running()` ends.
    """
    wanted = _wanted()
    if not wanted:
        return {}
    place = prepare()
    with _alone(place):
        return _start(place, wanted, stay=stay)


def stop() -> list[str]:
    """Stops the servers of this checkout, whoever uses them; names what was stopped."""
    place = existing()
    if place is None:
        return []
    with _alone(place):
        return _stop(place)


def status() -> dict[str, int | None]:
    """The process ids of the servers, `None` for one that is not running."""
    place = existing()
    if place is None:
        return {Postgres.name: None, Valkey.name: None}
    return {server.name: server.pid() for server in (Postgres(place), Valkey(place))}


def remove() -> None:
    """Stops the servers and deletes their data, for good."""
    place = existing()
    if place is None:
        return
    with _alone(place):
        _stop(place)
        for folder in (
            place.postgres,
            place.postgres.with_name("postgres.draft"),
            place.valkey,
            place.sockets,
        ):
            shutil.rmtree(folder, ignore_errors=True)
        if place.servers != place.data:
            shutil.rmtree(place.servers, ignore_errors=True)
            (place.data / "servers-are-in").unlink(missing_ok=True)


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Servers for the length of the block; yields every address, those of the environment included."""
    given = {
        name: os.environ[name]
        for name in (*DATABASE_NAMES, "DATABASE_BACKUP_URL", "REDIS_URL")
        if os.environ.get(name)
    }
    wanted = _wanted()
    if not wanted:
        yield given
        return
    place = prepare()
    with _open_lock(place, "users.lock") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _alone(place):
                found = _start(place, wanted, stay=False)
            yield {**found, **given}
        finally:
            _leave(place, users)


def _leave(place: Place, users: int) -> None:
    with _alone(place):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # others go on; the last of them stops the servers
        if not (place.data / "stay").exists():
            _stop(place)


def _wanted() -> list[type[Postgres] | type[Valkey]]:
    """The servers that the environment does not name."""
    named = [name for name in DATABASE_NAMES if os.environ.get(name)]
    if len(named) == 1:
        missing = next(name for name in DATABASE_NAMES if name not in named)
        raise EmbeddedError(
            f"{named[0]} is set but {missing} is not: set both, or neither for the embedded server."
        )
    wanted: list[type[Postgres] | type[Valkey]] = []
    if not named:
        wanted.append(Postgres)
    if not os.environ.get("REDIS_URL"):
        wanted.append(Valkey)
    return wanted


def _start(place: Place, wanted: list[type[Postgres] | type[Valkey]], *, stay: bool) -> dict[str, str]:
    running_before = any(server(place).pid() is not None for server in (Postgres, Valkey))
    found: dict[str, str] = {}
    for kind in wanted:
        server = kind(place)
        server.start()
        found.update(server.urls)
    if stay:
        (place.data / "stay").touch()
    elif not running_before:
        (place.data / "stay").unlink(missing_ok=True)
    _write(place.data / "addresses.json", json.dumps(found, indent=2) + "\n")
    return found


def _stop(place: Place) -> list[str]:
    stopped = [server.name for server in (Valkey(place), Postgres(place)) if server.stop()]
    for name in ("addresses.json", "stay"):
        (place.data / name).unlink(missing_ok=True)
    return stopped


def _write(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(file)


@contextmanager
def _open_lock(place: Place, name: str) -> Iterator[int]:
    lock = os.open(place.data / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock
    finally:
        with suppress(OSError):
            os.close(lock)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """One start or stop at a time in this checkout."""
    with _open_lock(place, "servers.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
