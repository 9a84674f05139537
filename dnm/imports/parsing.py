"""From a cell's text to a value that JSON knows, or a plain statement of what was expected."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Parser = Callable[[str], Any]

INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
APOSTROPHE = re.compile(r"^'(?=[-=+@])")
NOTHING = frozenset({"", "-", "--", "n/a", "#n/a", "null"})
YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "x"})
NO = frozenset({"no", "n", "false", "0", "nein", "non"})


class Unreadable(ValueError):
    """A cell that does not hold what its column needs; `expected` says what would be right."""

    def __init__(self, expected: object) -> None:
        super().__init__(str(expected))
        self.expected = str(expected)


def clean(raw: str) -> str:
    """Without invisible characters, with single spaces, and without the apostrophe of our own error files."""
    return APOSTROPHE.sub("", " ".join(INVISIBLE.sub("", raw).split()))


def is_nothing(raw: str) -> bool:
    """Whether a cell is empty, or says so in one of the usual ways."""
    return clean(raw).casefold() in NOTHING


def text(longest: int) -> Parser:
    """Text of at most `longest` characters, trimmed, in one line."""

    def parse(raw: str) -> str:
        value = clean(raw)
        if len(value) > longest:
            raise Unreadable(
                ngettext("at most %(count)d character", "at most %(count)d characters", longest)
                % {"count": longest}
            )
        return value

    return parse


def code(longest: int) -> Parser:
    """An identifier: letters, digits and - _ . / without spaces around it."""
    limited = text(longest)

    def parse(raw: str) -> str:
        value = limited(raw)
        if not re.fullmatch(r"[\w./ &+-]+", value):
            raise Unreadable(_("letters, digits and - _ . /"))
        return str(value)

    return parse


def whole(least: int, most: int) -> Parser:
    """A whole number from `least` to `most`. Accepts separators of thousands and '12.0'."""

    def parse(raw: str) -> int:
        value = re.sub(r"[\s,'\u00a0](?=\d{2,3}(\D|$))", "", clean(raw))
        if not re.fullmatch(r"[-+]?\d{1,15}(\.0+)?", value) or not least <= int(float(value)) <= most:
            raise Unreadable(_("a whole number from %(least)s to %(most)s") % {"least": least, "most": most})
        return int(float(value))

    return parse


def fraction(raw: str) -> float:
    """A number with a decimal point or comma, without separators of thousands."""
    value = clean(raw).replace("\u2212", "-")
    if value.count(",") == 1 and "." not in value:
        value = value.replace(",", ".")
    if not re.fullmatch(r"[-+]?\d{1,12}(\.\d{1,20})?°?", value):
        raise Unreadable(_("a number such as 28.6139"))
    return float(value.rstrip("°"))


def email(raw: str) -> str:
    """An e-mail address, in lower case."""
    value = clean(raw).lower()
    try:
        validate_email(value)
    except ValidationError as wrong:
        raise Unreadable(_("an e-mail address")) from wrong
    return value


def phone(raw: str) -> str:
    """A phone number as people write it: digits, spaces and ( ) / . - after an optional +."""
    value = clean(raw)
    if not re.fullmatch(r"\+?[\d ()/.-]{5,19}", value) or sum(c.isdigit() for c in value) < 5:
        raise Unreadable(_("a phone number"))
    return value


def day(raw: str) -> str:
    """A date as YYYY-MM-DD. Others are refused: 03/04 is two dates."""
    try:
        return date.fromisoformat(clean(raw)[:10]).isoformat()
    except ValueError as wrong:
        raise Unreadable(_("a date as YYYY-MM-DD")) from wrong


def yes_or_no(raw: str) -> bool:
    value = clean(raw).casefold()
    if value in YES:
        return True
    if value in NO:
        return False
    raise Unreadable(_("yes or no"))


def one_of(words: Sequence[tuple[str, Any]]) -> Parser:
    """One of a few values, by value or by label, whatever the case."""

    def parse(raw: str) -> str:
        wanted = _folded(raw)
        for value, label in words:
            if wanted in {_folded(value), _folded(str(label))}:
                return value
        raise Unreadable(_("one of: %(words)s") % {"words": ", ".join(str(label) for _value, label in words)})

    return parse


def list_of(item: Parser) -> Parser:
    """Several values in one cell, separated by comma, semicolon, bar or line end."""

    def parse(raw: str) -> list[Any]:
        parts = [part for part in re.split(r"[,;|\n]", raw) if not is_nothing(part)]
        return list(dict.fromkeys(item(part) for part in parts))

    return parse


def _folded(value: str) -> str:
    return re.sub(r"[\W_]+", " ", clean(value).casefold()).strip()
