"""Workbooks: XLSX, XLS and ODS, read by calamine after their package has been looked through."""

from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine
from django.utils.translation import gettext_noop as _
from python_calamine import SheetTypeEnum, SheetVisibleEnum

from dnm.imports.reading.cells import as_text
from dnm.imports.reading.content import Kind
from dnm.imports.reading.errors import (
    BrokenWorkbook,
    CellTooLong,
    NeedsTooMuch,
    NoRows,
    NoSuchSheet,
    NotASpreadsheet,
    ProtectedFile,
    ReadingError,
    TooManyColumns,
    TooManyRows,
)
from dnm.imports.reading.limits import Limits
from dnm.imports.reading.package import Package, Sheet, look_through
from dnm.imports.reading.table import Choices, Note, Problem, Source


def open_workbook(path: Path, kind: Kind, limits: Limits, choices: Choices) -> Source:
    package = look_through(path, limits) if kind is not Kind.XLS else Package()
    try:
        workbook = calamine.load_workbook(str(path))
        titles = _titles(workbook)
        title, data = _choose(workbook, titles, package, limits, choices)
    except ReadingError:
        raise
    except calamine.PasswordError as error:
        raise ProtectedFile from error
    except Exception as error:
        if "limit exceeded" in str(error).lower():
            raise NeedsTooMuch from error
        raise _reason(path, kind) from error
    notes = [Note("sheet", {"sheet": title, "count": len(titles)})] if len(titles) > 1 else []
    found = package.sheet(title)
    if found.errors:
        notes.append(Note("error_cells", {"count": len(found.errors)}))
    if found.formulas_without_result:
        notes.append(Note("formulas_without_result", {"count": found.formulas_without_result}))
    if data.merged_cell_ranges:
        notes.append(Note("merged_cells", {"count": len(data.merged_cell_ranges)}))
    return Source(
        kind=kind, sheet=title, sheets=titles, notes=notes, records=_records(data, found.errors, limits)
    )


def _titles(workbook: calamine.CalamineWorkbook) -> list[str]:
    titles = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not titles:
        raise NoRows
    return titles


def _choose(
    workbook: calamine.CalamineWorkbook, titles: list[str], package: Package, limits: Limits, choices: Choices
) -> tuple[str, calamine.CalamineSheet]:
    """The chosen sheet, or the first visible one that holds anything."""
    if choices.sheet and choices.sheet not in titles:
        raise NoSuchSheet(sheet=choices.sheet)
    for title in [choices.sheet] if choices.sheet else titles:
        _reach(package.sheet(title), limits)
        data = workbook.get_sheet_by_name(title)
        if data.start is not None:
            _reach(Sheet(rows=data.total_height, columns=data.total_width), limits)
            return title, data
    raise NoRows


def _reach(sheet: Sheet, limits: Limits) -> None:
    if sheet.rows > limits.rows + 100:
        raise TooManyRows(rows=sheet.rows, limit=limits.rows)
    if sheet.columns > limits.columns:
        raise TooManyColumns(columns=sheet.columns, limit=limits.columns)


def _reason(path: Path, kind: Kind) -> ReadingError:
    """Why a workbook would not open: an old container may hold an encrypted package or another document."""
    if kind is Kind.XLS:
        data = path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in data:
            return ProtectedFile()
        if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
            return NotASpreadsheet(found=_("an Office document without sheets"))
    return BrokenWorkbook()


def _records(
    data: calamine.CalamineSheet, errors: dict[tuple[int, int], str], limits: Limits
) -> Iterator[tuple[int, list[str], list[Problem]]]:
    error_rows = {row for row, _ in errors}
    for number, values in enumerate(data.to_python(skip_empty_area=False), start=1):
        cells = [as_text(value) for value in values]
        if number in error_rows:
            cells = [errors.get((number, column), text) for column, text in enumerate(cells, start=1)]
        if max(map(len, cells), default=0) > limits.cell_characters:
            raise CellTooLong(row=number, limit=limits.cell_characters)
        yield number, cells, []
