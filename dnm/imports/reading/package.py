"""Looking through a workbook's ZIP before anything parses it: true sizes, reach of the sheets, error cells.

The directory of a ZIP may lie about sizes, so every member is unpacked as a stream, counted and thrown away.
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from django.utils.translation import gettext_noop as _

from dnm.imports.reading.errors import BrokenWorkbook, NotASpreadsheet, PackedTooTightly, UnpacksTooLarge
from dnm.imports.reading.limits import MIB, Limits

CHUNK = 256 * 1024
CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*?)(/?)>")
PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\bt="e"[^<>]*>.{0,2000}?<(?:\w+:)?v>([^<]{1,20})</', re.DOTALL)
NO_RESULT = re.compile(
    rb"<(?:\w+:)?f[^<>]*>[^<]*</(?:\w+:)?f>\s*(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?\s*</"
)
SHEET = re.compile(r"<(?:\w+:)?sheet\s[^<>]*>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^<>]*>")


@dataclass
class Sheet:
    """How far one sheet reaches (cells with a value), its error cells and formulas without a result."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas_without_result: int = 0


@dataclass
class Package:
    """What was found in the ZIP; sheets by their member's name, and the names people see."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    members_by_title: dict[str, str] = field(default_factory=dict)

    def sheet(self, title: str) -> Sheet:
        """The sheet of that title; when the workbook's own index is odd, the farthest reach of all sheets."""
        member = self.members_by_title.get(title)
        if member in self.sheets:
            return self.sheets[member]
        return Sheet(
            rows=max((sheet.rows for sheet in self.sheets.values()), default=0),
            columns=max((sheet.columns for sheet in self.sheets.values()), default=0),
        )


def look_through(path: Path, limits: Limits) -> Package:
    """Unpack and measure every member. Raises when the workbook is larger than it may be, or broken."""
    package = Package()
    unpacked = 0
    packed = path.stat().st_size
    texts: dict[str, str] = {}
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            infos = archive.infolist()
            if len(infos) > limits.members:
                raise UnpacksTooLarge(limit=limits.unpacked_bytes // MIB)
            for info in infos:
                size, found = _member(file, info, limits, unpacked, packed, package)
                unpacked += size
                if found:
                    texts[info.filename] = found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as broken:
        raise BrokenWorkbook from broken
    package.members_by_title = _titles(texts)
    return package


def _member(
    file: IO[bytes], info: zipfile.ZipInfo, limits: Limits, before: int, packed: int, package: Package
) -> tuple[int, str]:
    size = 0
    keep = info.filename in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
    kept: list[bytes] = []
    sheet = Sheet() if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml") else None
    rest = b""
    for chunk in _inflate(file, info):
        if size == 0:
            _refuse_doctype(chunk)
        size += len(chunk)
        _weigh(before + size, packed, limits)
        if keep and size < MIB:
            kept.append(chunk)
        if sheet is not None:
            rest = _measure(sheet, rest + chunk)
    if sheet is not None:
        _measure(sheet, rest, last=True)
        package.sheets[info.filename] = sheet
    return size, b"".join(kept).decode("utf-8", errors="replace")


def _weigh(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise UnpacksTooLarge(limit=limits.unpacked_bytes // MIB)
    if unpacked > limits.ratio_from_bytes and unpacked > packed * limits.ratio:
        raise PackedTooTightly(ratio=limits.ratio)


def _refuse_doctype(chunk: bytes) -> None:
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
        raise NotASpreadsheet(found=_("a workbook with its own document type"))


def _inflate(file: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise BrokenWorkbook
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if info.compress_type == zipfile.ZIP_STORED:
        left = info.compress_size
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise BrokenWorkbook
    stream = zlib.decompressobj(-15)
    left = info.compress_size
    while not stream.eof:
        data = stream.unconsumed_tail
        if not data:
            data = file.read(min(CHUNK, left))
            left -= len(data)
            if not data:
                break
        yield stream.decompress(data, CHUNK)


def _measure(sheet: Sheet, data: bytes, *, last: bool = False) -> bytes:
    """Take in the cells of a piece of a sheet; returns its unfinished end."""
    cut = len(data) if last or len(data) > 8 * CHUNK else max(data.rfind(b"<row"), 0) or data.rfind(b"<")
    piece, rest = data[:cut], data[cut:]
    _reach(sheet, piece)
    if b't="e"' in piece:
        for match in ERROR_CELL.finditer(piece):
            place = PLACE.search(match[0])
            if place:
                error = html.unescape(match[1].decode("ascii", "replace"))
                sheet.errors[int(place[2]), _column(place[1])] = error
    if b"<f" in piece or b":f" in piece:
        sheet.formulas_without_result += len(NO_RESULT.findall(piece))
    return rest


def _reach(sheet: Sheet, piece: bytes) -> None:
    for match in CELL.finditer(piece):
        if match[2]:
            continue
        place = PLACE.search(match[1])
        if place:
            sheet.columns = max(sheet.columns, _column(place[1]))
            sheet.rows = max(sheet.rows, int(place[2]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'[\s:]{name}="([^"]*)"', tag)
    return html.unescape(match[1]) if match else ""


def _titles(texts: dict[str, str]) -> dict[str, str]:
    targets = {
        _attribute(tag, "Id"): _attribute(tag, "Target")
        for tag in RELATION.findall(texts.get("xl/_rels/workbook.xml.rels", ""))
    }
    titles = {}
    for tag in SHEET.findall(texts.get("xl/workbook.xml", "")):
        target = targets.get(_attribute(tag, "id"), "")
        titles[_attribute(tag, "name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return titles
