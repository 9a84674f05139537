"""What reading a file yields: how it was read, its columns, and its rows as text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

NOTES = {
    "encoding_chosen": _("Read as %(encoding)s, as you chose."),
    "encoding_marked": _("The file says that it is %(encoding)s."),
    "encoding_valid": _("Read as %(encoding)s; every byte fits."),
    "encoding_assumed": _(
        "Nothing in the file says how its letters are written: %(encoding)s was assumed. "
        "Look at a name with an accent before you go on, and choose another encoding if it looks wrong."
    ),
    "broken_characters": _(
        "Broken characters in a %(encoding)s file, read as �: %(count)s. Look at those rows."
    ),
    "zero_bytes": _("Zero bytes left out: %(count)s."),
    "delimiter": _("The columns are separated by %(delimiter)s."),
    "one_column": _("No separator was found: every line was read as one column."),
    "header_row": _("Row %(row)s was taken as the header. Rows left out above it: %(skipped)s."),
    "header_looks_like_data": _(
        "Row %(row)s was taken as the header but looks like data. Say so if the file has no header."
    ),
    "no_header": _("The file has no header: the columns were named by their letters."),
    "renamed_headers": _("Headers that stand twice were told apart by a number: %(headers)s."),
    "nameless_columns": _("Columns without a header were named by their letters: %(headers)s."),
    "blank_rows": _("Blank rows left out: %(count)s."),
    "short_rows": _("Rows with fewer cells than the header: %(count)s. The missing cells count as empty."),
    "merged_cells": _("Merged areas: %(count)s. Only their first cell has the value."),
    "error_cells": _("Cells with a spreadsheet error such as #N/A: %(count)s."),
    "formulas_without_result": _(
        "Formulas without a stored result, read as empty: %(count)s. "
        "Open the workbook in a spreadsheet program and save it."
    ),
    "sheet": _("Sheet “%(sheet)s” was read; the workbook has %(count)s sheets."),
}

PROBLEMS = {
    "extra_cells": (_("%(expected)s cells"), _("%(got)s cells")),
    "open_quote": (_("quotation marks in pairs"), _("a lone quotation mark")),
}
"""Faults of a row's shape: what was expected, what was got."""


@dataclass(frozen=True)
class Note:
    """Something assumed, repaired or left out, that the person must be told."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the reader's language; the name of a separator is a word that delimited.py marks."""
        named = {"delimiter": gettext(self.params["delimiter"])} if "delimiter" in self.params else {}
        return str(NOTES[self.code]) % {**self.params, **named}


@dataclass(frozen=True)
class Problem:
    """A row whose shape is wrong, so that its cells may stand under the wrong headers."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> str:
        return str(PROBLEMS[self.code][0]) % self.params

    @property
    def got(self) -> str:
        return str(PROBLEMS[self.code][1]) % self.params


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the person said about the file; empty means: find out.

    `header_row` is the row's number in the sheet, 0 when the file has no header, None when it is to be found.
    """

    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet program shows it, a text per column, and faults of its shape."""

    number: int
    values: list[str]
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class ColumnProfile:
    """A column seen as a whole: how many cells are filled, some of them, and its words when they are few."""

    header: str
    filled: int
    examples: list[str]
    words: list[str] | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a file is and how it was read."""

    kind: str
    sheet: str
    sheets: list[str]
    encoding: str
    delimiter: str
    header_row: int
    columns: list[ColumnProfile]
    rows: int
    notes: list[Note]

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns]


@dataclass(kw_only=True)
class Source:
    """An opened file: numbered records as text, before a header has been found."""

    kind: str
    records: Iterator[tuple[int, list[str], list[Problem]]]
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    notes: list[Note] = field(default_factory=list)
