"""From numbered records to a table: header found, columns named, rows of equal width."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dnm.imports.reading.content import Kind, recognise
from dnm.imports.reading.delimited import open_delimited
from dnm.imports.reading.errors import EmptyFile, NoRows, TooManyColumns, TooManyRows
from dnm.imports.reading.header import LOOK_AT, filled, find_header, name_columns
from dnm.imports.reading.limits import Limits
from dnm.imports.reading.table import Choices, ColumnProfile, Note, Problem, Profile, Row, Source
from dnm.imports.reading.workbook import open_workbook

FEW_WORDS = 30
LONGEST_WORD = 60
EXAMPLES = 3

Record = tuple[int, list[str], list[Problem]]


@dataclass
class Table:
    """A file with its header found. Iterate `rows()` once; the notes are complete afterwards."""

    source: Source
    limits: Limits
    header_row: int
    headers: list[str]
    records: Iterator[Record]
    notes: list[Note]
    blank: int = 0
    short: int = 0
    count: int = 0

    def rows(self) -> Iterator[Row]:
        width = len(self.headers)
        for number, cells, problems in self.records:
            if not filled(cells):
                self.blank += 1
                continue
            self.count += 1
            if self.count > self.limits.rows:
                raise TooManyRows(rows=number, limit=self.limits.rows)
            if len(cells) > width:
                extra = len(cells) if filled(cells[width:]) else width
                if extra > width:
                    problems = [*problems, Problem("extra_cells", {"expected": width, "got": extra})]
                    cells = [*cells[: width - 1], self.source.delimiter.join(cells[width - 1 :])]
                cells = cells[:width]
            elif len(cells) < width:
                self.short += 1
                cells = cells + [""] * (width - len(cells))
            yield Row(number, cells, problems)

    def closing_notes(self) -> list[Note]:
        notes = [*self.source.notes, *self.notes]
        if self.blank:
            notes.append(Note("blank_rows", {"count": self.blank}))
        if self.short:
            notes.append(Note("short_rows", {"count": self.short}))
        return notes


def open_table(path: Path, limits: Limits, choices: Choices) -> Table:
    """Recognise the file, open it and find its header."""
    kind = recognise(path, limits)
    if kind is Kind.DELIMITED:
        source = open_delimited(path, limits, choices)
    else:
        source = open_workbook(path, kind, limits, choices)
    return _lay_out(source, limits, choices.header_row)


def _lay_out(source: Source, limits: Limits, header_row: int | None) -> Table:
    ahead = list(itertools.islice(source.records, max(LOOK_AT * 4, header_row or 0)))
    sample = [(number, cells) for number, cells, _ in ahead if filled(cells)][:LOOK_AT]
    if not sample:
        raise EmptyFile
    if header_row is None:
        index, notes = find_header(sample)
        header_row, header = sample[index]
    elif header_row == 0:
        notes, header = [Note("no_header")], []
    else:
        notes = []
        header = next((cells for number, cells, _ in ahead if number == header_row), [])
    below = [record for record in ahead if record[0] > header_row]
    width = _width(header, [cells for _, cells, _ in below if filled(cells)])
    if width > limits.columns:
        raise TooManyColumns(columns=width, limit=limits.columns)
    headers, named = name_columns(header, width)
    if header_row:
        notes += named
    return Table(source, limits, header_row, headers, itertools.chain(below, source.records), notes)


def _width(header: list[str], below: list[list[str]]) -> int:
    """As wide as the header's last name; without one, as the widest of the first rows.

    A header narrower than most rows has nameless columns at its end, not faulty rows.
    """
    named = _reach(header)
    reaches = sorted(_reach(cells) for cells in below)
    if not named:
        return reaches[-1] if reaches else len(header)
    usual = reaches[len(reaches) // 2] if len(reaches) > 1 else 0
    return max(named, usual if reaches and reaches[0] > named else named)


def _reach(cells: list[str]) -> int:
    return next((index for index in range(len(cells), 0, -1) if cells[index - 1].strip()), 0)


@dataclass
class _Column:
    header: str
    filled: int = 0
    examples: list[str] = field(default_factory=list)
    words: dict[str, None] | None = field(default_factory=dict)

    def take(self, text: str) -> None:
        self.filled += 1
        if len(self.examples) < EXAMPLES and text not in self.examples:
            self.examples.append(text[:LONGEST_WORD])
        if self.words is not None:
            self.words[text] = None
            if len(self.words) > FEW_WORDS or len(text) > LONGEST_WORD:
                self.words = None


def describe(table: Table) -> Profile:
    """Read the whole table once and sum it up. Raises `NoRows` when there is none."""
    columns = [_Column(header) for header in table.headers]
    for row in table.rows():
        for column, value in zip(columns, row.values, strict=True):
            text = value.strip()
            if text:
                column.take(text)
    if not table.count:
        raise NoRows
    return Profile(
        kind=table.source.kind,
        sheet=table.source.sheet,
        sheets=table.source.sheets,
        encoding=table.source.encoding,
        delimiter=table.source.delimiter,
        header_row=table.header_row,
        rows=table.count,
        notes=table.closing_notes(),
        columns=[
            ColumnProfile(
                header=column.header,
                filled=column.filled,
                examples=column.examples,
                words=None if column.words is None else sorted(column.words),
            )
            for column in columns
        ],
    )
