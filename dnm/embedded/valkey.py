"""The embedded Valkey: broker, cache and pub/sub of a demo or a test.

It listens on a loopback port with a password, because Celery and redis-py write socket addresses differently
and share only this form. The port is kept while it is free. Nothing is saved: the database is the source of
truth.
"""

import os
import secrets
import signal
import socket
import subprocess

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.places import Place, server_folder, valkey_server
from dnm.embedded.processes import collect, end, lives, open_log, remember, tail, wait_for

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
protected-mode yes
daemonize no
dir {folder}
save ""
appendonly no
databases 64
maxmemory 256mb
maxmemory-policy noeviction
set-proc-title no
"""


class Valkey:
    """One server in one place."""

    name = "Valkey"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = place.valkey
        self.configuration = self.folder / "valkey.conf"
        self.log = place.logs / "valkey.log"

    @property
    def urls(self) -> dict[str, str]:
        """The address the rest of the project is given, by environment variable."""
        port, password = self._written()
        return {"REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0"}

    def pid(self) -> int | None:
        """The process id of the living server, if there is one."""
        try:
            pid = int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if lives(pid, str(self.configuration)) else None

    def ready(self) -> bool:
        """Whether the server answers a PING with our password."""
        port, password = self._written()
        if not port or self.pid() is None:
            return False
        return _says_pong(port, password)

    def start(self) -> bool:
        """Starts the server; False if it already runs."""
        if self.pid() is not None:
            if not wait_for(self.ready, 10):
                raise EmbeddedError(
                    f"Valkey runs but does not answer. The end of {self.log}:\n{tail(self.log)}"
                )
            return False
        server_folder(self.folder, self.place.user)
        port, password = self._written()
        for _attempt in range(5):
            if not port or not _free(port):
                port = _free_port()
            self._configure(port, password or secrets.token_urlsafe(24))
            process = self._launch()
            if self._wait_ready(process):
                remember(process)
                return True
            port = 0  # someone else took it in between
        raise EmbeddedError(f"Valkey did not start. The end of {self.log}:\n{tail(self.log)}")

    def _wait_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Waits for the first answer; False, and the process gone, if there is none."""
        try:
            wait_for(lambda: self.ready() or process.poll() is not None, 15)
            if self.ready():
                return True
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.kill()
        process.wait()
        return False

    def stop(self) -> bool:
        """Stops the server; False if it was not running."""
        pid = self.pid()
        if pid is None:
            return False
        end(pid, str(self.configuration), first=signal.SIGTERM, seconds=10)
        collect(pid)
        (self.folder / "pid").unlink(missing_ok=True)
        return True

    def _launch(self) -> subprocess.Popen[bytes]:
        log = open_log(self.log)
        try:
            process = subprocess.Popen(
                [str(valkey_server(self.place)), str(self.configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=self.place.user.uid,
                group=self.place.user.gid,
                extra_groups=self.place.user.groups,
            )
        except OSError as error:
            raise EmbeddedError(f"Valkey cannot be run: {error}") from error
        finally:
            os.close(log)
        (self.folder / "pid").write_text(str(process.pid))
        return process

    def _configure(self, port: int, password: str) -> None:
        text = CONFIGURATION.format(port=port, password=password, folder=f'"{self.folder}"')
        self.configuration.touch(mode=0o600)
        if self.place.user.uid is not None and self.place.user.gid is not None:
            os.chown(self.configuration, self.place.user.uid, self.place.user.gid)
        self.configuration.write_text(text)

    def _written(self) -> tuple[int, str]:
        """Port and password of the last start; (0, "") before the first."""
        try:
            lines = self.configuration.read_text().splitlines()
        except OSError:
            return 0, ""
        words = dict(line.split(" ", 1) for line in lines if " " in line)
        return int(words.get("port", "0")), words.get("requirepass", "")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _says_pong(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as talk:
            talk.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while b"PONG" not in answer:
                part = talk.recv(256)
                if not part or b"-" in part[:1]:
                    return False
                answer += part
            return True
    except OSError:
        return False
