"""Bytes to text, with an explicit statement of the encoding that was read or assumed."""

import codecs
import re

from dnm.imports.reading.errors import EmptyFile, WrongEncoding
from dnm.imports.reading.table import Note

ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "iso-8859-1",
    "iso-8859-15",
    "cp1250",
    "cp1251",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
    "mac_roman",
)
"""What a person may choose instead of the assumption."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode(data: bytes, chosen: str = "") -> tuple[str, str, list[Note]]:
    """The text, the encoding, and notes on how it was found.

    In this order: the person's choice; a byte-order mark; the pattern of zero bytes that UTF-16 leaves;
    UTF-8; UTF-8 with a few broken bytes; Windows-1252; Latin-1, which accepts anything.
    """
    text, encoding, notes = _decode(data, chosen)
    zeros = text.count("\x00")
    if zeros:
        text = text.replace("\x00", "")
        notes.append(Note("zero_bytes", {"count": zeros}))
    if not text.strip():
        raise EmptyFile
    return text, encoding, notes


def _decode(data: bytes, chosen: str) -> tuple[str, str, list[Note]]:
    if chosen:
        try:
            text = data.decode(chosen).lstrip("\ufeff")
        except (UnicodeError, LookupError) as wrong:
            raise WrongEncoding(encoding=chosen) from wrong
        return text, chosen, [Note("encoding_chosen", {"encoding": chosen})]
    for mark, encoding in MARKS:
        if data.startswith(mark):
            notes = [Note("encoding_marked", {"encoding": encoding})]
            return _with_few_faults(data[len(mark) :], encoding, notes), encoding, notes
    wide = _wide_without_mark(data)
    if wide:
        notes = [Note("encoding_assumed", {"encoding": wide})]
        return _with_few_faults(data, wide, notes), wide, notes
    try:
        text = data.decode("utf-8")
        return text, "utf-8", [] if text.isascii() else [Note("encoding_valid", {"encoding": "utf-8"})]
    except UnicodeDecodeError:
        return _eight_bit(data)


def _eight_bit(data: bytes) -> tuple[str, str, list[Note]]:
    replaced = data.decode("utf-8", errors="replace")
    broken = replaced.count("\ufffd")
    if len(MULTIBYTE.findall(data)) >= 10 * broken:
        return replaced, "utf-8", [Note("broken_characters", {"encoding": "utf-8", "count": broken})]
    for encoding in ("cp1252", "iso-8859-1"):
        try:
            return data.decode(encoding), encoding, [Note("encoding_assumed", {"encoding": encoding})]
        except UnicodeDecodeError:
            continue
    raise WrongEncoding(encoding="iso-8859-1")


def _with_few_faults(data: bytes, encoding: str, notes: list[Note]) -> str:
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    if broken > max(3, len(text) // 20):
        raise WrongEncoding(encoding=encoding)
    if broken:
        notes.append(Note("broken_characters", {"encoding": encoding, "count": broken}))
    return text


def _wide_without_mark(data: bytes) -> str:
    """UTF-16 of mostly Latin text has a zero byte in every pair, always on the same side."""
    sample = data[:4000]
    if len(sample) < 8 or len(data) % 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return ""
