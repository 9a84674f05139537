"""How an app declares what can be imported: columns, options, a natural key, a check and an apply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from dnm.accounts.actors import Actor
from dnm.imports.parsing import Parser, text
from dnm.jobs.models import Job

Words = Sequence[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that an importer understands.

    `parse` turns a cell's text into a value that JSON knows and raises `parsing.Unreadable`. `words` are the
    values of a column with few of them, as (value, label): the wizard asks what other words in the file mean.
    `aliases` are headers that people use for it.
    """

    name: str
    label: Any
    parse: Parser = field(default_factory=lambda: text(250))
    required: bool = False
    help: Any = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    words: Words = ()


@dataclass(frozen=True, kw_only=True)
class Option:
    """A decision about the whole import; the first choice is the default. `words` are (value, label)."""

    name: str
    label: Any
    words: Words
    help: Any = ""


@dataclass(kw_only=True)
class Candidate:
    """A row under check or being applied. The importer reads `values` and writes the rest."""

    row_no: int
    values: dict[str, Any]
    key: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    change: str = ""
    changes: dict[str, list[str]] = field(default_factory=dict)
    depth: int = 0

    def refuse(self, column: str, *, expected: object, got: object, message: object = "") -> None:
        """The row cannot be applied: what was expected in the column, what was found."""
        self.errors.append(_finding(column, expected, got, message))

    def warn(self, column: str, message: object, *, expected: object = "", got: object = "") -> None:
        """The row was repaired or completed; the person must see it before the import starts."""
        self.warnings.append(_finding(column, expected, got, message))


def _finding(column: str, expected: object, got: object, message: object) -> dict[str, str]:
    return {"field": column, "expected": str(expected), "got": str(got)[:300], "message": str(message)}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What an importer is told about the import as a whole.

    `rows` yields (row number, values) of every row of the file, unreadable cells as None, so that rows may
    refer to one another in any order.
    """

    actor: Actor
    at: datetime
    options: Mapping[str, str]
    rows: Callable[[], Iterable[tuple[int, dict[str, Any]]]]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What applying did, and to which row of the network."""

    change: str
    subject: models.Model | None = None

    @property
    def uid(self) -> UUID | None:
        return getattr(self.subject, "uid", None)


class Importer:
    """Subclass, fill the class attributes, register an instance from `apps.ready()`.

    Context is whatever `prepare` returns: indexes over the file and the network, built once in each job. It
    is only a convenience for `check` and `apply`: the verbs that `apply` calls are the judges.
    """

    name: ClassVar[str]
    title: ClassVar[Any]
    description: ClassVar[Any] = ""
    capability: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    options: ClassVar[tuple[Option, ...]] = ()
    chunk: ClassVar[int] = 200

    def key(self, values: Mapping[str, Any], options: Mapping[str, str]) -> str:
        """The natural key by which the row is known in the network; "" when it cannot be told."""
        raise NotImplementedError

    def prepare(self, setting: Setting) -> Any:
        """Build the context."""
        return None

    def check(self, candidates: Sequence[Candidate], context: Any) -> None:
        """Judge rows whose cells are readable: write all of a `Candidate` but its row number and key."""
        raise NotImplementedError

    def begin_piece(self, candidates: Sequence[Candidate], context: Any) -> None:
        """Fetch in one go what applying these rows will look at, in the transaction that applies them."""

    def apply(self, candidate: Candidate, context: Any, *, actor: Actor, at: datetime) -> Applied:
        """Do it, by the app's own verb. Looks for the key again: the check may be old."""
        raise NotImplementedError

    def outlook(self, rows: Iterable[Mapping[str, Any]], *, options: Mapping[str, str]) -> str:
        """A sentence for the preview: what will follow when these rows are applied; "" for nothing."""
        return ""

    def follow(
        self,
        rows: Iterable[tuple[UUID | None, Mapping[str, Any]]],
        *,
        options: Mapping[str, str],
        actor: Actor,
        at: datetime,
    ) -> Sequence[Job]:
        """Start what follows applied rows, given as (subject's uid, values): each row is passed here once."""
        return ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def option_values(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """The chosen options, each a known word; defaults where nothing (or nonsense) was chosen."""
        values = {}
        for option in self.options:
            known = [value for value, _label in option.words]
            values[option.name] = chosen.get(option.name) if chosen.get(option.name) in known else known[0]
        return values  # type: ignore[return-value]


_IMPORTERS: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """Declare an importer. Called from `apps.ready()`."""
    _IMPORTERS[importer.name] = importer


def importers() -> list[Importer]:
    return list(_IMPORTERS.values())


def importer_named(name: str) -> Importer:
    """Raises `KeyError` for one that nobody declared."""
    return _IMPORTERS[name]
