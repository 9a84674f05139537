"""What does seeding cost? 100,000 partners and 1 M leads, planned and written, against loading the same rows.

- seed_ratio: the whole of `seed_demo` (geography, plan, bulk load, statistics, logins) against the same rows
  COPYed into temporary tables and INSERT … SELECTed from there into the same tables, with their indexes,
  triggers and policies.
- insert_ratio: the same against the INSERT … SELECT alone, without the COPY before it.
- copy_ratio: the same against a plain COPY into tables without any index, trigger, policy or key.

`python -m bench.seed 10000 100000` measures another size.
"""

import sys
import tempfile
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

from bench._scratch import result, say, scratch_database, wall_seconds

# Triggers look at these when others are inserted.
FIRST = (
    "accounts_user",
    "partners_productline",
    "partners_territory",
    "partners_businesscalendar",
    "partners_partner",
)
CHUNK = 1 << 20


def main(partners: int, leads: int) -> None:
    with scratch_database(), tempfile.TemporaryDirectory() as folder:
        seeding = wall_seconds(lambda: seed(partners, leads, Path(folder)))
        tables = filled_tables()
        rows = {name: count for name, count in tables.items() if count > 1000}
        say(f"seeded in {seeding:.1f} s:", ", ".join(f"{count:,} {name}" for name, count in rows.items()))
        files = {name: copy_out(name, Path(folder) / name) for name in tables}
        copying = wall_seconds(lambda: plain_copy(files))
        say(f"plain COPY: {copying:.1f} s")
        staging = wall_seconds(lambda: stage(files))
        inserting = wall_seconds(lambda: insert_staged(list(files)))
        say(f"staged: COPY {staging:.1f} s, INSERT … SELECT {inserting:.1f} s")
        if filled_tables() != tables:
            raise SystemExit("the staged load did not bring the same rows")
        result(
            seed_ratio=seeding / (staging + inserting),
            insert_ratio=seeding / inserting,
            copy_ratio=seeding / copying,
            seconds=seeding,
        )


def seed(partners: int, leads: int, folder: Path) -> None:
    from django.core.management import call_command

    sizes = ["--partners", str(partners), "--leads", str(leads)]
    call_command("seed_demo", *sizes, "--json", str(folder / "demo.json"), stdout=StringIO())


def cursor() -> Any:
    from django.db import connections

    connections["owner"].ensure_connection()
    return connections["owner"].connection.cursor()


def filled_tables() -> dict[str, int]:
    """Rows by table, of the tables that the seed has filled, in an order that the triggers like."""
    with cursor() as run:
        run.execute(
            """SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               WHERE a.attname = 'network_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
               ORDER BY 1"""
        )
        names = [name for (name,) in run.fetchall()]
        found = {}
        for name in [*FIRST, *(name for name in names if name not in FIRST)]:
            run.execute(f"SELECT count(*) FROM {name}")
            found[name] = run.fetchone()[0]
    return {name: count for name, count in found.items() if count}


def copy_out(name: str, path: Path) -> Path:
    with (
        cursor() as run,
        path.open("wb") as file,
        run.copy(f"COPY (SELECT * FROM {name} ORDER BY id) TO STDOUT") as rows,
    ):
        for chunk in rows:
            file.write(chunk)
    return path


def copy_in(run: Any, table: str, path: Path) -> None:
    with path.open("rb") as file, run.copy(f"COPY {table} FROM STDIN") as rows:
        while chunk := file.read(CHUNK):
            rows.write(chunk)


def plain_copy(files: dict[str, Path]) -> None:
    """Into bare tables: what the disk and the wire cost."""
    with ExitStack() as stack:
        run = stack.enter_context(cursor())
        for name, path in files.items():
            run.execute(f"CREATE TABLE bare_{name} AS SELECT * FROM {name} WITH NO DATA")
            copy_in(run, f"bare_{name}", path)
            run.execute(f"DROP TABLE bare_{name}")


def stage(files: dict[str, Path]) -> None:
    with cursor() as run:
        for name, path in files.items():
            run.execute(f"CREATE TEMP TABLE staged_{name} AS SELECT * FROM {name} WITH NO DATA")
            copy_in(run, f"staged_{name}", path)


def insert_staged(names: list[str]) -> None:
    """Empty the tables and fill them from the staged rows, in one transaction as the seed does."""
    from django.db import transaction

    with transaction.atomic(using="owner"), cursor() as run:
        run.execute("TRUNCATE " + ", ".join(names) + " CASCADE")
        for name in names:
            run.execute(f"INSERT INTO {name} SELECT * FROM staged_{name} ORDER BY id")
            if name in FIRST:
                run.execute(f"ANALYZE {name}")


if __name__ == "__main__":
    main(*(int(number.replace(",", "")) for number in (sys.argv[1:] or ["100,000", "1,000,000"])))
