"""Reading a JSON body so strictly that nothing strange reaches a verb or the database."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20
"""Levels of nesting that a body may have."""


class StrictJSONParser(JSONParser):
    """JSON in UTF-8, without twin keys, infinities, null characters, half surrogates and deep nesting."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
            _check(value, DEEPEST)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: {reason}").format(reason=error)) from error
        return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _check(value: Any, levels: int) -> None:
    if levels < 0:
        raise ValueError(f"more than {DEEPEST} levels")
    match value:
        case str():
            _check_text(value)
        case float() if not math.isfinite(value):
            raise ValueError("a number is too large")
        case dict():
            for name, inner in value.items():
                _check_text(name)
                _check(inner, levels - 1)
        case list():
            for inner in value:
                _check(inner, levels - 1)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ValueError("null characters are not allowed")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("a text holds half a surrogate pair") from None
