"""The embedded PostgreSQL cluster: made once, started, stopped.

Three roles, as in production: `dnm_owner` owns the database and migrates, `dnm_app` owns nothing and is what
the application connects as, `dnm_backup` reads everything and writes nothing. The superuser is refused by
pg_hba.conf.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from dnm.embedded.errors import EmbeddedError
from dnm.embedded.places import SOCKET_NAME, Place, postgres_server_binaries, server_folder
from dnm.embedded.processes import collect, end, lives, open_log, remember, tail, wait_for

ACCESS = """\
# Only through the socket, whose folder is closed to other users. The superuser cannot log in.
local all dnm_owner,dnm_app,dnm_backup trust
local all all reject
"""
VOLATILE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For test databases, which nobody misses after a power cut: DNM_EMBEDDED_VOLATILE, at the making."""
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "max_locks_per_transaction": "256",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
    "log_lock_waits": "on",
}
NO_PROCESS = "4194305"
"""One more than the largest process id of Linux, far more than that of macOS."""
LOCALE = "PG_UNICODE_FAST"
INITDB = [
    "--encoding=UTF8",
    "--locale-provider=builtin",
    f"--builtin-locale={LOCALE}",
    "--locale=C",
    "--no-instructions",
]
"""Every template has the locale, so that a test database has it too."""
ROLES = f"""\
CREATE ROLE dnm_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE;
CREATE ROLE dnm_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE dnm_backup LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
ALTER ROLE dnm_backup SET default_transaction_read_only = on;
GRANT pg_read_all_data TO dnm_backup;
CREATE DATABASE dnm OWNER dnm_owner TEMPLATE template0 ENCODING 'UTF8' \
LOCALE_PROVIDER builtin BUILTIN_LOCALE '{LOCALE}';
REVOKE ALL ON DATABASE dnm FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE dnm TO dnm_app;
GRANT CONNECT ON DATABASE dnm TO dnm_backup;
"""


class Postgres:
    """One cluster in one place."""

    name = "PostgreSQL"

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = place.postgres
        self.log = place.logs / "postgres.log"

    @property
    def urls(self) -> dict[str, str]:
        """The addresses the rest of the project is given, by environment variable."""
        host = quote(str(self.place.sockets), safe="/")
        roles = {
            "DATABASE_URL": "dnm_app",
            "DATABASE_OWNER_URL": "dnm_owner",
            "DATABASE_BACKUP_URL": "dnm_backup",
        }
        return {name: f"postgresql://{role}@/dnm?host={host}" for name, role in roles.items()}

    def pid(self) -> int | None:
        """The process id of the living server, if there is one."""
        written = self._lock_file()
        pid = int(written[0]) if written else None
        return pid if lives(pid, str(self.folder)) else None

    def ready(self) -> bool:
        """Whether the server accepts connections, by its own lock file."""
        written = self._lock_file()
        return len(written) >= 8 and written[7].strip() == "ready" and self.pid() is not None

    def _lock_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def start(self) -> bool:
        """Starts the server, making the cluster on the first day; False if it already runs."""
        if self.pid() is not None:
            self._wait_ready(None)
            return False
        self._make()
        self._forget_dead_server()
        for _attempt in range(20):
            process = self._launch()
            try:
                if self._wait_ready(process):
                    remember(process)
                    return True
            except BaseException:
                process.send_signal(signal.SIGINT)
                process.wait()
                raise
            if "still in use" not in tail(self.log, 6):
                break
            time.sleep(1)  # children of a killed server end on their own
        raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def _launch(self) -> subprocess.Popen[bytes]:
        log = open_log(self.log)
        try:
            return subprocess.Popen(
                [self._program("postgres"), "-D", str(self.folder), "-k", str(self.place.sockets)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.place.servers,
                env=_environment(),
                start_new_session=True,
                user=self.place.user.uid,
                group=self.place.user.gid,
                extra_groups=self.place.user.groups,
            )
        except OSError as error:
            raise EmbeddedError(
                f"PostgreSQL cannot be run from {self._program('postgres')}: {error}"
            ) from error
        finally:
            os.close(log)

    def _wait_ready(self, process: subprocess.Popen[bytes] | None) -> bool:
        """Waits for the first answer; False if the process ended instead. A recovery takes time."""

        def ended() -> bool:
            return process.poll() is not None if process else self.pid() is None

        if not wait_for(lambda: self.ready() or ended(), 300):
            raise EmbeddedError(f"PostgreSQL does not answer. The end of {self.log}:\n{tail(self.log)}")
        return not ended()

    def stop(self) -> bool:
        """Stops the server, ending its sessions; False if it was not running."""
        pid = self.pid()
        if pid is None:
            return False
        command = [self._program("pg_ctl"), "stop", "-D", str(self.folder), "-m", "fast", "-w", "-t", "60"]
        subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=self.place.servers,
            env=_environment(),
            user=self.place.user.uid,
            group=self.place.user.gid,
            extra_groups=self.place.user.groups,
        )
        end(pid, str(self.folder), first=signal.SIGQUIT, seconds=20)
        collect(pid)
        return True

    def _program(self, name: str) -> str:
        return str(postgres_server_binaries(self.place) / name)

    def _forget_dead_server(self) -> None:
        """A lock file that names an ended process, or someone else's by now, would prevent the start.

        The data's own lock file stays, with a process id that cannot be: by its other lines PostgreSQL finds
        the last sessions of a killed server, and waits for them.
        """
        lock, written = self.folder / "postmaster.pid", self._lock_file()
        if written:
            lock.write_text("\n".join([NO_PROCESS, *written[1:]]) + "\n")
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.place.sockets / name).unlink(missing_ok=True)

    def _make(self) -> None:
        """Makes the cluster, its roles and its database in a draft that is renamed when it is whole."""
        if (self.folder / "PG_VERSION").exists():
            self._check_version()
            return
        draft = self.folder.with_name("postgres.draft")
        for rest in (draft, self.folder):
            shutil.rmtree(rest, ignore_errors=True)
        server_folder(draft, self.place.user)
        self._run(
            [self._program("initdb"), "-D", str(draft), "-U", "postgres", "--auth=reject", *INITDB],
            "",
        )
        chosen = SETTINGS | (VOLATILE if os.environ.get("DNM_EMBEDDED_VOLATILE") else {})
        settings = "".join(f"{name} = {value}\n" for name, value in chosen.items())
        with (draft / "postgresql.conf").open("a") as file:
            file.write(f"\n# dnm.embedded\n{settings}")
        (draft / "pg_hba.conf").write_text(ACCESS)
        single = [
            self._program("postgres"),
            "--single",
            "-D",
            str(draft),
            "-c",
            "exit_on_error=on",
            "postgres",
        ]
        self._run(single, ROLES)
        draft.rename(self.folder)

    def _check_version(self) -> None:
        made = (self.folder / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [self._program("postgres"), "--version"], capture_output=True, text=True, check=True
        )
        ours = answer.stdout.split()[-1].split(".")[0]
        if made != ours:
            raise EmbeddedError(
                f"The data in {self.folder} were made by PostgreSQL {made}, this is {ours}. "
                "`make demo-reset` starts over with an empty database."
            )

    def _run(self, command: list[str], text: str) -> None:
        answer = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.place.servers,
            env=_environment(),
            user=self.place.user.uid,
            group=self.place.user.gid,
            extra_groups=self.place.user.groups,
        )
        if answer.returncode != 0:
            said = (answer.stdout + answer.stderr).strip()
            raise EmbeddedError(f"{Path(command[0]).name} failed while the database was being made:\n{said}")


def _environment() -> dict[str, str]:
    """A server of its own: no PG* variable and no locale of the caller reaches it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
