"""What a file is, by its content. Its name is never believed."""

import json
import zipfile
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext_noop as _

from dnm.imports.reading.errors import (
    ArchiveRefused,
    BrokenWorkbook,
    EmptyFile,
    FileTooLarge,
    NotASpreadsheet,
    ProtectedFile,
)
from dnm.imports.reading.limits import MIB, Limits

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
HEAD_BYTES = 4096


class Kind(StrEnum):
    DELIMITED = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"7z\xbc\xaf\x27\x1c": "7-Zip",
    b"\xfd7zXZ\x00": "xz",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x05\x06": "ZIP",
    b"PK\x07\x08": "ZIP",
}
OTHERS = {
    b"%PDF": _("a PDF"),
    b"\x89PNG": _("a picture"),
    b"\xff\xd8\xff": _("a picture"),
    b"GIF8": _("a picture"),
    b"RIFF": _("a picture, sound or film"),
    b"\x7fELF": _("a program"),
    b"MZ\x90": _("a program"),
    b"SQLite format 3": _("a database"),
    b"{\\rtf": _("a text document (RTF)"),
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognise(path: Path, limits: Limits) -> Kind:
    """The kind of file, or the reason it is refused. Reads the first bytes and, of a ZIP, its directory."""
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile
    if size > limits.file_bytes:
        raise FileTooLarge(size=-(-size // MIB), limit=limits.file_bytes // MIB)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(b"PK\x03\x04"):
        return _packed(path)
    if head.startswith(OLE):
        return Kind.XLS
    _refuse_others(head)
    return Kind.DELIMITED


def _refuse_others(head: bytes) -> None:
    for magic, name in ARCHIVES.items():
        if head.startswith(magic):
            raise ArchiveRefused(found=name)
    if head[257:262] == b"ustar":
        raise ArchiveRefused(found="tar")
    for magic, name in OTHERS.items():
        if head.startswith(magic):
            raise NotASpreadsheet(found=name)


def _packed(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            if any(info.flag_bits & 0x1 for info in infos.values()):
                raise ProtectedFile
            mimetype = archive.read("mimetype")[:100].strip() if _is_small(infos.get("mimetype")) else b""
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as broken:
        raise BrokenWorkbook from broken
    if mimetype == ODS_TYPE and "content.xml" in infos:
        return Kind.ODS
    if "xl/workbook.bin" in infos:
        raise NotASpreadsheet(found=_("a binary workbook (XLSB)"))
    if "[Content_Types].xml" in infos:
        if any(name.startswith("xl/") for name in infos):
            return Kind.XLSX
        raise NotASpreadsheet(found=_("an Office document without sheets"))
    if mimetype:
        raise NotASpreadsheet(found=_("an OpenDocument file without sheets"))
    raise ArchiveRefused(found="ZIP")


def _is_small(info: zipfile.ZipInfo | None) -> bool:
    return info is not None and info.file_size < 1000


def refuse_other_text(text: str) -> None:
    """Raise when a text file is not a table: a web page, XML, JSON, or bytes that are no text at all."""
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body")):
        raise NotASpreadsheet(found=_("a web page"))
    if start.startswith("<?xml"):
        raise NotASpreadsheet(found=_("an XML file"))
    if start.startswith(("{", "[")) and _is_json(text):
        raise NotASpreadsheet(found=_("a JSON file"))
    sample = text[:20_000]
    controls = sum(1 for character in sample if character < " " and character not in "\t\r\n\x00\x0b\x0c")
    if controls > len(sample) / 50:
        raise NotASpreadsheet(found=_("not text"))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
