"""From the cells of a row to the values of the importer's columns."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dnm.imports.declaring import Candidate, Column
from dnm.imports.models import ImportRun
from dnm.imports.parsing import Unreadable, is_nothing

LONGEST_KEY = 200


def understand(run: ImportRun, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterable[Candidate]:
    """Rows as the importer sees them. An unreadable cell is None and an error, an empty one just None."""
    importer = run.declared
    plan = [(column, run.mapping[column.name]) for column in importer.columns if column.name in run.mapping]
    for row_no, raw in rows:
        candidate = Candidate(row_no=row_no, values={})
        for column, source in plan:
            text = source["fixed"] if "fixed" in source else raw.get(source["column"], "")
            candidate.values[column.name] = _value(candidate, column, text, run.words.get(column.name, {}))
        candidate.key = importer.key(candidate.values, run.options)[:LONGEST_KEY]
        yield candidate


def _value(candidate: Candidate, column: Column, text: str, words: Mapping[str, str]) -> Any:
    if is_nothing(text):
        if column.required:
            candidate.refuse(column.name, expected=_("a value"), got=_("an empty cell"))
        return None
    meaning = words.get(text.strip(), text)
    try:
        return column.parse(meaning or text)
    except Unreadable as wrong:
        candidate.refuse(column.name, expected=wrong.expected, got=text.strip())
        return None
