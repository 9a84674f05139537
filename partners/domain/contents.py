"""What an uploaded file really is, and what of it is kept. Names and claimed types count for nothing.

Pictures are decoded and written anew, so that nothing but pixels stays of them: no place data, no second file
behind the first. PDF is kept as it came, when it holds nothing that runs. Everything else is refused.
"""

import io
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from dnm.scoping.errors import Invalid

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 120
LONGEST_SIDE = 3000
"""Pixels. Larger pictures are made smaller: enough to read a scanned page, little enough for a phone."""
MOST_PIXELS = 25_000_000
MOST_PIXELS_BASELINE = 120_000_000
"""A baseline JPEG is decoded at the size that is wanted; of the others every pixel is in memory at once."""
HEAVY_PNG = 4 * 1024 * 1024
"""A larger one is a photograph, which JPEG serves better."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS_BASELINE


@dataclass(frozen=True, slots=True)
class Content:
    """What is stored: the bytes, their type, and the ending that a name of this type has."""

    data: bytes
    media_type: str
    ending: str


def content_of(file: File) -> Content:
    """Read the file and keep what may be kept of it. Raises `Invalid` at field `file`, saying why not."""
    if (file.size or 0) > MOST_BYTES:
        raise _refused(_("A file may have at most 10 MB."), "file-too-large")
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _refused(_("A file may have at most 10 MB."), "file-too-large")
    if not data:
        raise _refused(_("The file is empty."), "file-empty")
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    is_webp = (data[:4], data[8:12]) == (b"RIFF", b"WEBP")
    if is_webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return _picture(data)
    raise _refused(_("This is no PDF and no picture (JPEG, PNG, WebP), whatever its name says."), "file-type")


def clean_name(name: str, ending: str) -> str:
    """A name to show: no folders, no invisible or reserved characters, the ending that the content has."""
    base = PureWindowsPath(PurePosixPath(unicodedata.normalize("NFKC", name)).name).name
    kept = "".join(" " if character in '<>:"|?*%;' else character for character in base)
    kept = "".join(character for character in kept if unicodedata.category(character)[0] != "C")
    stem = " ".join(PurePosixPath(kept).stem.split()).strip(". ")
    return f"{stem[: LONGEST_NAME - len(ending)].rstrip('. ') or 'file'}{ending}"


def _refused(text: str, code: str) -> Invalid:
    return Invalid(fields={"file": text}, code=code)


# -- pictures -----------------------------------------------------------------------------------------


def _picture(data: bytes) -> Content:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            is_light = picture.format == "JPEG" and "progressive" not in picture.info
            limit = MOST_PIXELS_BASELINE if is_light else MOST_PIXELS
            if picture.width * picture.height > limit:
                raise _refused(_("The picture has too many pixels."), "file-too-large")
            return _written_anew(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(_("The picture has too many pixels."), "file-too-large") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, zlib.error) as error:
        raise _refused(_("The picture is damaged."), "file-damaged") from error


def _written_anew(picture: Any) -> Content:
    """The pixels alone, upright, at most `LONGEST_SIDE` wide or high."""
    is_png = picture.format == "PNG"
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if "transparency" in upright.info or upright.mode in {"RGBA", "LA", "PA"}:
        data = _bytes_of(upright.convert("RGBA"), "PNG")
        if len(data) > MOST_BYTES:
            raise _refused(_("A file may have at most 10 MB."), "file-too-large")
        return Content(data, "image/png", ".png")
    plain = upright.convert("RGB")
    if is_png and len(data := _bytes_of(plain, "PNG")) <= HEAVY_PNG:
        return Content(data, "image/png", ".png")
    return Content(_bytes_of(plain, "JPEG", quality=85), "image/jpeg", ".jpg")


def _bytes_of(picture: Any, kind: str, **options: Any) -> bytes:
    """Written from the pixels: what was read along with them (comments, profiles) is left behind."""
    written = io.BytesIO()
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    bare.save(written, kind, **options)
    return written.getvalue()


# -- PDF ----------------------------------------------------------------------------------------------


def _escaped(name: str) -> bytes:
    """A pattern for a PDF name, each letter of which may be written as #hh."""
    return "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name).encode()


ACTIVE = ("JavaScript", "Launch", "EmbeddedFile", "RichMedia", "XFA", "SubmitForm", "ImportData")
"""Names (ISO 32000) of what runs, calls out or carries another file."""
ACTIVE_NAME = re.compile(rb"/(?:" + b"|".join(map(_escaped, ACTIVE)) + rb")")
LOCKED_NAME = re.compile(rb"/" + _escaped("Encrypt") + rb"\b")
PACKED = re.compile(rb"/" + _escaped("ObjStm") + rb".{0,400}?stream\r?\n", re.DOTALL)
"""Objects in a compressed stream: the one place where names do not stand in the open."""
MOST_PACKED, LONGEST_PACKED, MOST_INFLATED = 2000, 256 * 1024, 16 * 1024 * 1024
MARKUP = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|img)\b", re.IGNORECASE)
SNIFFED = 1024
"""Bytes in which browsers look for markup when they guess."""
ZIP_END, ZIP_TAIL = b"PK\x05\x06", 65_600
"""The mark of a ZIP archive, and how far from the end of a file it may stand."""


def _pdf(data: bytes) -> Content:
    """The PDF as it came. Raises `Invalid` for one that is also something else, locked, or active."""
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n\t \x00") or ZIP_END in data[-ZIP_TAIL:]:
        raise _double()
    if MARKUP.search(data[:SNIFFED]):
        raise _double()
    for part in [data, *_unpacked(data)]:
        if LOCKED_NAME.search(part):
            raise _refused(_("The PDF is locked with a password: upload one without."), "file-locked")
        if ACTIVE_NAME.search(part):
            text = _("The PDF holds scripts, forms that send, or other files: print it to a new PDF.")
            raise _refused(text, "file-active")
    return Content(data, "application/pdf", ".pdf")


def _double() -> Invalid:
    return _refused(_("The PDF is damaged, or another file hides in it."), "file-damaged")


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What the compressed objects hold. One that cannot be read to its end is refused."""
    left = MOST_INFLATED
    for number, found in enumerate(PACKED.finditer(data)):
        reader = zlib.decompressobj()
        try:
            inflated = reader.decompress(data[found.end() : found.end() + LONGEST_PACKED], left)
        except zlib.error as error:
            raise _double() from error
        left -= len(inflated)
        if left <= 0 or number >= MOST_PACKED:
            raise _refused(_("The PDF unpacks to far more than it is."), "file-too-large")
        if not reader.eof:
            raise _double()
        yield inflated
