"""What uploads are kept and what are refused: told by content, whatever name and type claim."""

import io
import zlib

import pytest
from PIL import Image

from dnm.scoping.errors import Invalid
from partners.domain.contents import LONGEST_NAME, LONGEST_SIDE, MOST_BYTES, clean_name, content_of
from tests.partners.uploads import SCRIPT, archive, packed, pdf, picture, png_bomb, upload

EXIF = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"


@pytest.mark.parametrize(
    ("data", "media_type", "ending"),
    [
        (picture("JPEG"), "image/jpeg", ".jpg"),
        (picture("JPEG", mode="CMYK"), "image/jpeg", ".jpg"),
        (picture("PNG"), "image/png", ".png"),
        (picture("PNG", mode="P"), "image/png", ".png"),
        (picture("PNG", mode="RGBA"), "image/png", ".png"),
        (picture("WEBP"), "image/jpeg", ".jpg"),
        (picture("WEBP", mode="RGBA"), "image/png", ".png"),
        (pdf(), "application/pdf", ".pdf"),
        (pdf(more=packed(b"1 0 <</Type /Font>>")), "application/pdf", ".pdf"),
    ],
)
def test_what_is_kept(data: bytes, media_type: str, ending: str) -> None:
    kept = content_of(upload("claims.html", data, "text/html"))
    assert (kept.media_type, kept.ending) == (media_type, ending)
    if media_type != "application/pdf":
        assert Image.open(io.BytesIO(kept.data)).size == (40, 30)


REFUSED = {
    "html": (b"<!doctype html>" + SCRIPT, "file-type"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "file-type"),
    "xml and svg": (b'<?xml version="1.0"?><svg/>', "file-type"),
    "script": (b"#!/bin/sh\nrm -rf /", "file-type"),
    "javascript": (b"alert(1)", "file-type"),
    "program": (b"MZ\x90\x00" + bytes(200), "file-type"),
    "zip": (archive(), "file-type"),
    "spreadsheet": (archive("xl/workbook.xml"), "file-type"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(100), "file-type"),
    "gif that is a script": (b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "file-type"),
    "bmp": (picture("BMP"), "file-type"),
    "tiff": (picture("TIFF"), "file-type"),
    "nothing": (b"", "file-empty"),
    "blanks before a pdf": (b"\n\n" + pdf(), "file-type"),
    "html before a pdf": (b"<html>" + pdf(), "file-type"),
    "a picture cut off": (picture("JPEG", (900, 900))[:300], "file-damaged"),
    "a picture in name only": (b"\xff\xd8\xff" + SCRIPT, "file-damaged"),
    "a png in name only": (b"\x89PNG\r\n\x1a\n" + SCRIPT, "file-damaged"),
    "a webp in name only": (b"RIFF\x10\x00\x00\x00WEBP" + SCRIPT, "file-damaged"),
    "900 megapixels in a few bytes": (png_bomb(), "file-too-large"),
    "a pdf without an end": (pdf().replace(b"%%EOF", b""), "file-damaged"),
    "a pdf and a page": (pdf(head=b"<html><body>" + SCRIPT), "file-damaged"),
    "a pdf and an archive": (pdf(tail=archive()), "file-damaged"),
    "a pdf around an archive": (pdf(more=archive()), "file-damaged"),
    "a pdf with a script": (pdf(more=b"4 0 obj <</S /JavaScript /JS (alert(1))>> endobj\n"), "file-active"),
    "a script in disguise": (pdf(more=b"4 0 obj <</S /J#61vaScr#69pt /JS (x)>> endobj\n"), "file-active"),
    "a packed script": (pdf(more=packed(b"4 0 <</S /JavaScript /JS (x)>>")), "file-active"),
    "a packed script in disguise": (
        pdf(more=packed(b"4 0 <</S /JavaScript>>", b"Obj#53tm")), "file-active"
    ),
    "a pdf that starts a program": (pdf(more=b"4 0 obj <</S /Launch /F (cmd.exe)>> endobj\n"), "file-active"),
    "a pdf with a file in it": (pdf(more=b"4 0 obj <</Type /EmbeddedFile>> endobj\n"), "file-active"),
    "a pdf with a lock": (pdf(more=b"4 0 obj <</Encrypt 5 0 R>> endobj\n"), "file-locked"),
    "a pdf that unpacks to 40 MB": (pdf(more=packed(bytes(40_000_000))), "file-too-large"),
    "a stream that is none": (
        pdf(more=b"7 0 obj <</Type /ObjStm>> stream\nnothing\nendstream endobj\n"), "file-damaged"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    data, code = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        content_of(upload("certificate.pdf", data))
    assert refused.value.code == code
    assert set(refused.value.fields) == {"file"}


def test_fifty_megabytes_are_refused_without_being_read() -> None:
    file = upload("big.pdf", pdf(more=bytes(50 * 1024 * 1024)))
    with pytest.raises(Invalid) as refused:
        content_of(file)
    assert refused.value.code == "file-too-large"
    assert file.tell() == 0


def test_a_false_size_helps_nobody() -> None:
    file = upload("big.pdf", pdf(more=bytes(MOST_BYTES)))
    file.size = 1
    with pytest.raises(Invalid, match="10 MB"):
        content_of(file)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_stays_of_a_picture(kind: str) -> None:
    """What hides in front, behind and between is gone: comments, place data, an archive at the end."""
    options = {"exif": EXIF, **({"comment": SCRIPT} if kind == "JPEG" else {})}
    data = picture(kind, **options) + SCRIPT + archive(data=b"the hidden file")
    kept = content_of(upload("photo.jpg", data)).data
    assert b"script" not in kept
    assert b"PK" not in kept
    assert b"Exif" not in kept


def test_a_large_picture_is_made_smaller_and_stands_upright() -> None:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (4000, 2000), "red").save(written, "JPEG", exif=exif)
    kept = Image.open(io.BytesIO(content_of(upload("photo.jpg", written.getvalue())).data))
    assert kept.size == (LONGEST_SIDE // 2, LONGEST_SIDE)


def test_compressed_pages_are_no_reason_to_refuse() -> None:
    """Contents of pages and fonts are compressed and look like anything."""
    stream = zlib.compress(b"BT (Encrypt your JavaScript) Tj ET" * 9)
    kept = pdf(more=b"4 0 obj <</Length %d>> stream\n%s\nendstream endobj\n" % (len(stream), stream))
    assert content_of(upload("a.pdf", kept)).data == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("GST certificate.pdf", "GST certificate.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\scan.PDF", "scan.pdf"),
        ("..\\..\\web.config", "web.pdf"),
        ("\N{FULLWIDTH SOLIDUS}etc\N{FULLWIDTH SOLIDUS}shadow", "shadow.pdf"),
        ("cert\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "certfdp.pdf"),
        ("photo.html", "photo.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
        ('x"; filename="evil.exe', "x filename= evil.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("जीएसटी प्रमाणपत्र.pdf", "जीएसटी प्रमाणपत्र.pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given, ".pdf") == kept


def test_long_names_are_cut() -> None:
    assert len(clean_name("x" * 5000, ".pdf")) == LONGEST_NAME
