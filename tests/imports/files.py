"""Makers of spreadsheets, honest and hostile, for the tests of the reader and of the wizard."""

import io
import random
import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Real and broken files of others; the tests that read them say so when they are not there."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_START = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path: Path, rows: Iterable[Sequence[object]], *, sheet: str = "Sheet1") -> Path:
    """An XLSX as a spreadsheet program would write it; texts stay text, numbers numbers, dates dates."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(number, column, value)
                else:
                    page.write(number, column, value)
    return path


def raw_workbook(path: Path, sheet_xml: str, *, members: dict[str, bytes] | None = None) -> Path:
    """An XLSX around sheet XML of our own, as no spreadsheet program would write it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
        for name, content in (members or {}).items():
            archive.writestr(name, content)
    return path


def open_document(path: Path, table_xml: str) -> Path:
    """An ODS around table XML of our own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content xmlns:office="{ODF}:office:1.0" '
            f'xmlns:table="{ODF}:table:1.0" xmlns:text="{ODF}:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="S">{table_xml}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def lying_bomb(path: Path, megabytes: int) -> Path:
    """A workbook whose ZIP directory says that a large sheet is ten bytes long."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", SHEET_START + " " * (megabytes << 20))
    data = bytearray(buffer.getvalue())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return written(path, bytes(data))


def damaged(content: bytes, seed: int) -> bytes:
    """The content cut short, with bytes changed or with a piece repeated; the same for the same seed."""
    chance = random.Random(seed)
    data = bytearray(content)
    way = seed % 3
    if way == 0:
        return bytes(data[: chance.randrange(1, max(2, len(data)))])
    if way == 1:
        for _ in range(1 + len(data) // 200):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    start = chance.randrange(len(data))
    return bytes(data[:start] + data[max(0, start - 500) : start] + data[start:])
