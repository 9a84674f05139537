"""A workbook's typed cells to text that loses nothing a person would miss."""

import datetime
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any


def as_text(value: object) -> str:
    """Whole numbers without '.0', fractions with the 15 digits a spreadsheet keeps, dates and times in ISO.

    Text stays as it is, leading zeros included.
    """
    if isinstance(value, str):
        return value.replace("\x00", "")
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _number(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return ""
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: datetime.datetime) -> str:
    if value.time() == datetime.time():
        return value.date().isoformat()
    return value.replace(microsecond=0).isoformat(sep=" ")


def _duration(value: datetime.timedelta) -> str:
    seconds = int(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "TRUE" if value else "FALSE"),
    (float, _number),
    (datetime.datetime, _moment),
    (datetime.date, datetime.date.isoformat),
    (datetime.time, datetime.time.isoformat),
    (datetime.timedelta, _duration),
    (type(None), lambda value: ""),
)
"""In this order: a bool is an int, a datetime is a date."""
