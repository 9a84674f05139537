"""The command line of dnm.embedded, as a developer uses it, with a data folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

TOP = Path(__file__).resolve().parents[2]
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "DATABASE_BACKUP_URL",
    "REDIS_URL",
    "DNM_DATA",
    "DNM_EMBEDDED_VOLATILE",
)
"""What the suite itself runs under, which a checkout's own servers must not see."""


class Checkout:
    """The command line of dnm.embedded with a data folder of its own."""

    def __init__(self, data: Path, uid: int | None = None, python: str = sys.executable) -> None:
        self.data = data
        self.uid = uid
        self.python = python

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in GIVEN}
        return {**kept, "DNM_DATA": str(self.data), **more}

    def begin(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Starts the command and does not wait for it."""
        return subprocess.Popen(
            [self.python, "-m", "dnm.embedded", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=TOP,
            env=self.environment(**more),
            start_new_session=True,
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
        )

    def __call__(self, *arguments: str, **more: str) -> tuple[int, str]:
        process = self.begin(*arguments, **more)
        said, _ = process.communicate(timeout=90)
        return process.returncode, said

    def addresses(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.data / "addresses.json").read_text())
        return found

    def sql(self, statement: str, role: str = "OWNER_", database: str = "") -> list[tuple[object, ...]]:
        url = self.addresses()[f"DATABASE_{role}URL"]
        if database:
            url = url.replace("/dnm?", f"/{database}?")
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def processes(self) -> dict[str, int]:
        """The process ids of the servers that run, by name."""
        _, said = self("status")
        lines = [line.split() for line in said.splitlines() if "running, process" in line]
        return {words[0].rstrip(":"): int(words[-1]) for words in lines}
