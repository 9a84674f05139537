"""Bulk loading as the owner role: COPY into unprotected temporary tables, then one INSERT … SELECT a chunk.

COPY into a table with row-level security is refused by PostgreSQL, and the triggers that fill paths and level
columns want ordinary inserts anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, TypeVar

from django.db import connections, models
from psycopg import sql

ALIAS = "owner"
Chunk = TypeVar("Chunk")


class Loader:
    """One network's load, inside the caller's transaction on the `owner` alias."""

    def __init__(self, network_id: int) -> None:
        self.network_id = network_id
        connection = connections[ALIAS]
        connection.ensure_connection()
        self.raw: Any = connection.connection
        self.rows: dict[str, int] = {}

    def reserve(self, table: str, count: int) -> int:
        """Take `count` ids of the table's sequence; returns the number before the first of them."""
        taken = self.fetch("SELECT nextval(pg_get_serial_sequence(%(table)s, 'id'))", table=table)
        first = int(taken[0][0])
        if count > 1:
            last = first + count - 1
            self.fetch(
                "SELECT setval(pg_get_serial_sequence(%(table)s, 'id'), %(last)s)", table=table, last=last
            )
        return first - 1

    def stage(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make (or empty) the temporary table `name` and fill it by COPY. `columns` maps names to types."""
        declared = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()
        )
        with self.raw.cursor() as cursor:
            table = sql.Identifier(name)
            make = sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ({}) ON COMMIT DROP")
            cursor.execute(make.format(table, declared))
            cursor.execute(sql.SQL("TRUNCATE {}").format(table))
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                for row in rows:
                    copy.write_row(row)

    def insert(self, table: str, statement: str, **values: Any) -> int:
        """Run an INSERT … SELECT with `%(network)s` and `values`; counts the rows under `table`."""
        with self.raw.cursor() as cursor:
            cursor.execute(statement, {"network": self.network_id, **values})
            count = int(cursor.rowcount)
        self.rows[table] = self.rows.get(table, 0) + count
        return count

    def run(self, statement: str, **values: Any) -> None:
        with self.raw.cursor() as cursor:
            cursor.execute(statement, {"network": self.network_id, **values})

    def fetch(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.raw.cursor() as cursor:
            cursor.execute(statement, {"network": self.network_id, **values})
            return list(cursor.fetchall())


def insert_into(model: type[models.Model], given: Mapping[str, str], source: str) -> str:
    """`INSERT INTO … SELECT` of the model's table: `given` maps columns to expressions over `source`.

    Columns that are not given stay null, or get the default that the model has for them: the demo does not
    break when a model gains a field that it knows nothing of.
    """
    expressions: dict[str, str] = dict(given)
    fields: Any = model._meta.concrete_fields
    for field in fields:
        if (
            field.column not in expressions
            and not field.primary_key
            and not field.null
            and not field.has_db_default()
        ):
            value = field.get_default() if field.has_default() else ""
            expressions[field.column] = sql.Literal(field.get_prep_value(value)).as_string()
    unknown = given.keys() - {field.column for field in fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    table, columns = model._meta.db_table, ", ".join(expressions)
    return f"INSERT INTO {table} ({columns}) SELECT {', '.join(expressions.values())} FROM {source}"


def ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, each made while PostgreSQL is busy with the one before it."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, chunks, None)
        while (chunk := coming.result()) is not None:
            coming = maker.submit(next, chunks, None)
            yield chunk


class Uids:
    """UUIDv7 that depend on nothing but the seed and the moment: the demo's addresses survive a reset."""

    def __init__(self, seed: str) -> None:
        self.bits = Random(seed).getrandbits

    def at(self, moment: int) -> str:
        """A new uid for something that came into being at `moment` (seconds since 1970)."""
        noise = self.bits(84)
        stamp = f"{moment * 1000 + (noise >> 74) % 1000:012x}"
        tail = f"{noise >> 12 & 0xFFF_FFFF_FFFF_FFFF:015x}"
        variant = "89ab"[noise >> 72 & 3]
        return f"{stamp[:8]}-{stamp[8:]}-7{noise & 0xFFF:03x}-{variant}{tail[:3]}-{tail[3:]}"
