"""Text with a separator between the cells: CSV and its kin."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_noop as _

from dnm.imports.reading.content import Kind, refuse_other_text
from dnm.imports.reading.errors import CellTooLong, UnclosedQuote
from dnm.imports.reading.limits import Limits
from dnm.imports.reading.table import Choices, Note, Problem, Source
from dnm.imports.reading.text import decode

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 64_000
SAMPLE_RECORDS = 60
NAMES = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}


def open_delimited(path: Path, limits: Limits, choices: Choices) -> Source:
    text, encoding, notes = decode(path.read_bytes(), choices.encoding)
    refuse_other_text(text)
    first_row = 1
    delimiter = choices.delimiter
    if text[:4].lower() == "sep=" and text[5:6] in {"\r", "\n"}:
        delimiter = delimiter or text[4]
        text, first_row = text[5:].removeprefix("\r").removeprefix("\n"), 2
    delimiter = delimiter or _sniff(text)
    if delimiter in text:
        notes.append(Note("delimiter", {"delimiter": NAMES.get(delimiter, delimiter)}))
    else:
        notes.append(Note("one_column"))
    return Source(
        kind=Kind.DELIMITED,
        encoding=encoding,
        delimiter=delimiter,
        notes=notes,
        records=_records(text, delimiter, limits, first_row),
    )


def _sniff(text: str) -> str:
    """The separator under which most lines have as many cells as the first, and more than one."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(text) > len(sample):
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    scores = {delimiter: _score(sample, delimiter) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0, 0) else ","


def _score(sample: str, delimiter: str) -> tuple[float, float, int]:
    widths: list[int] = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if any(cell.strip() for cell in record):
                widths.append(len(record))
            if len(widths) == SAMPLE_RECORDS:
                break
    except csv.Error:
        return (0, 0, 0)
    if not widths:
        return (0, 0, 0)
    mode, count = Counter(widths).most_common(1)[0]
    like_first = sum(width == widths[0] for width in widths) / len(widths) if widths[0] > 1 else 0
    like_first = like_first if like_first > 0.5 else 0
    return (round(like_first, 1), round(count / len(widths), 1) if mode > 1 else 0, mode if mode > 1 else 0)


class _Lines:
    """Hands lines to the CSV reader and remembers those of the record now being read."""

    def __init__(self, text: str) -> None:
        self.lines = io.StringIO(text, newline="")
        self.record: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.record.append(line)
        return line


def _records(
    text: str, delimiter: str, limits: Limits, first_row: int
) -> Iterator[tuple[int, list[str], list[Problem]]]:
    lines = _Lines(text)
    spaced = f'{delimiter} "' in text[:SAMPLE_CHARACTERS]
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=spaced)
    number = first_row - 1
    while True:
        number += 1
        lines.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CellTooLong(row=number, limit=limits.cell_characters) from error
        problems: list[Problem] = []
        if len(lines.record) > 1:
            problems = _quotes(lines.record, delimiter, spaced, number)
        if max(map(len, cells), default=0) > limits.cell_characters:
            raise CellTooLong(row=number, limit=limits.cell_characters)
        yield number, cells, problems


def _quotes(record: list[str], delimiter: str, spaced: bool, number: int) -> list[Problem]:
    """Faults of a record over several lines, where a lone quotation mark may have swallowed other rows."""
    try:
        for _record in csv.reader(iter(record), delimiter=delimiter, skipinitialspace=spaced, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise UnclosedQuote(row=number) from error
        return [Problem("open_quote")]
    return []
