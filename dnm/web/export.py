"""A list as a file: the same rows and columns as on the page, built whole, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise

MOST_ROWS = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Row = Sequence[Any]


def file_response(kind: str, name: str, header: Row, rows: Iterable[Row]) -> HttpResponse:
    """The rows as a download. `kind` is csv or xlsx."""
    body = _csv(header, rows) if kind == "csv" else _xlsx(header, rows)
    stamp = timezone.localdate().isoformat()
    return HttpResponse(
        body,
        content_type=CONTENT_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{stamp}.{kind}"',
            "Cache-Control": "private, no-store",
        },
    )


def neutral(value: Any) -> Any:
    """The value as a cell: text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    text = str(value) if isinstance(value, Promise) else str(value).strip("\x00")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _csv(header: Row, rows: Iterable[Row]) -> bytes:
    """UTF-8 with a mark at the start, without which spreadsheet programs guess another encoding."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([neutral(cell) for cell in header])
    for row in rows:
        writer.writerow([_plain(neutral(cell)) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _xlsx(header: Row, rows: Iterable[Row]) -> bytes:
    whole = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(whole, options) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [str(cell) for cell in header], book.add_format({"bold": True}))
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, at, column, neutral(cell), moment)
    return whole.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, timezone.localtime(value).replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), moment)  # noqa: DTZ001
    elif isinstance(value, Decimal):
        sheet.write_number(row, column, float(value))
    else:
        sheet.write(row, column, value)
