"""Files as people send them, and as attackers do."""

import io
import zipfile
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"


def upload(name: str, data: bytes, claimed: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=claimed)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, (255, 0, 0, 99) if mode == "RGBA" else "red").save(written, kind, **options)
    return written.getvalue()


def pdf(*, more: bytes = b"", head: bytes = b"", tail: bytes = b"") -> bytes:
    """A page without anything on it; `more` are further objects."""
    return (
        b"%PDF-1.7\n" + head + b"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
        b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n"
        b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 99 99]>> endobj\n"
        + more
        + b"trailer <</Root 1 0 R>>\n%%EOF\n"
        + tail
    )


def packed(inside: bytes, name: bytes = b"ObjStm") -> bytes:
    """Objects in a compressed stream, as PDF 1.5 writes them."""
    data = zlib.compress(inside)
    return (
        b"7 0 obj <</Type /%s /N 1 /First 4 /Filter /FlateDecode /Length %d>> stream\n%s\nendstream endobj\n"
        % (
            name,
            len(data),
            data,
        )
    )


def archive(name: str = "x.txt", data: bytes = b"hello") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return written.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A few hundred bytes that claim to be `side` times `side` pixels."""
    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\x00" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        for kind, data in chunks
    )
