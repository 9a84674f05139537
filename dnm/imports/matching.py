"""Suggesting which of a file's columns is which of the importer's, by header and alias."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from dnm.imports.declaring import Column

ALIKE = 0.84


def suggest(columns: Sequence[Column], headers: Iterable[str]) -> dict[str, str]:
    """Column name → header. Exact names and aliases first, then the most similar; no header is used twice."""
    scores = sorted(
        (
            (score, -position, column.name, header)
            for header in headers
            for position, column in enumerate(columns)
            if (score := similarity(column, header)) >= ALIKE
        ),
        reverse=True,
    )
    found: dict[str, str] = {}
    for _score, _position, name, header in scores:
        if name not in found and header not in found.values():
            found[name] = header
    return found


def similarity(column: Column, header: str) -> float:
    """1 for the column's name, label or an alias; a little less for what is merely spelt alike."""
    wanted = folded(header)
    if not wanted:
        return 0
    names = [folded(name) for name in (column.name, str(column.label), *column.aliases)]
    if wanted in names:
        return 1
    return max(difflib.SequenceMatcher(None, wanted, name).ratio() for name in names) * 0.99


def folded(text: str) -> str:
    """Lower case, no accents, words joined: "Postal-Code", "postal code" and "PostalCode" are alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", plain.casefold())
