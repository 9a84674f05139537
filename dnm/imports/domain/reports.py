"""The file of bad rows, and the template to fill in: spreadsheets that are safe to open."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.imports.declaring import Importer
from dnm.imports.models import ImportRow, ImportRun

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767


def harmless(text: str) -> str:
    """Text that a spreadsheet program shows and does not compute: formulas begin with an apostrophe."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def write_errors_file(run: ImportRun) -> str:
    """Store the bad rows as they came, with row number and what is wrong. Returns the name, "" for none.

    A workbook for a workbook, CSV for CSV, so that it can be corrected and uploaded again.
    """
    if run.errors_file.name:
        transaction.on_commit(partial(run.errors_file.storage.delete, run.errors_file.name), robust=True)
    bad = ImportRow.objects.filter(run=run).bad().order_by("row_no")
    if not bad.exists():
        return ""
    header = [*run.headers, str(_("Row")), str(_("Errors"))]
    rows = (
        [*(row.raw.get(name, "") for name in run.headers), str(row.row_no), what_is_wrong(row)] for row in bad
    )
    as_csv = run.file_kind == "csv"
    content = csv_file(header, rows, run.profile["delimiter"]) if as_csv else workbook(header, rows)
    run.errors_file.save("rows.csv" if as_csv else "rows.xlsx", ContentFile(content), save=False)
    return str(run.errors_file.name)


def what_is_wrong(row: ImportRow) -> str:
    """All errors of a row in one cell."""
    parts = [sentence(finding) for finding in row.errors]
    if row.message:
        parts.append(row.message)
    return " | ".join(parts)


def sentence(finding: dict[str, str]) -> str:
    """One finding as a sentence: column, what was expected, what stands there, and the remark."""
    facts = ""
    if finding.get("expected"):
        facts = _("expected %(expected)s, got %(got)s") % {
            "expected": finding["expected"],
            "got": finding.get("got") or "—",
        }
    text = ". ".join(part.rstrip(".") for part in (facts, finding.get("message", "")) if part)
    label = finding.get("label")
    return f"{label}: {text}" if label else text


def csv_file(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads the letters right."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter or ",")
    writer.writerow([harmless(text) for text in header])
    for row in rows:
        writer.writerow([harmless(text) for text in row])
    return buffer.getvalue().encode("utf-8-sig")


def workbook(header: Sequence[str], rows: Iterable[Sequence[str]], notes: Sequence[str] = ()) -> bytes:
    """An XLSX whose cells are all text; `notes` stand as comments at the header's cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": not notes, "in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "num_format": "@"})
        plain = book.add_format({"num_format": "@"})
        for column, text in enumerate(header):
            sheet.write_string(0, column, harmless(text)[:LONGEST_CELL], bold)
            sheet.set_column(column, column, max(12, min(40, len(text) + 4)), plain)
        for column, note in enumerate(notes):
            if note:
                sheet.write_comment(0, column, note)
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, harmless(text)[:LONGEST_CELL], plain)
    return buffer.getvalue()


def template(importer: Importer) -> bytes:
    """An empty workbook with the importer's columns, one example row and help at each header."""
    columns = importer.columns
    needed = _("Needed.")
    notes = [f"{needed} {column.help}".strip() if column.required else str(column.help) for column in columns]
    return workbook(
        [str(column.label) for column in columns], [[column.example for column in columns]], notes
    )
