"""Files that break importers are read, or refused with a sentence. Never a crash."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dnm.imports import reading
from dnm.imports.reading import Choices, Limits, Profile
from dnm.imports.reading.errors import ReadingError
from dnm.imports.reading.layout import describe, open_table
from tests.imports.files import SHARED, damaged, written

HORRORS = sorted(path for path in (SHARED / "import_edge").rglob("*") if path.is_file())
needs_horrors = pytest.mark.skipif(not HORRORS, reason=f"no files in {SHARED / 'import_edge'}")


def outcome(read: Callable[[Path], Profile], path: Path) -> Profile | ReadingError:
    try:
        return read(path)
    except ReadingError as refused:
        return refused


@needs_horrors
def test_every_horror_is_read_or_refused_with_a_sentence() -> None:
    read, refused = 0, {}
    for path in HORRORS:
        profile = outcome(lambda path: describe(open_table(path, Limits(), Choices())), path)
        if isinstance(profile, ReadingError):
            refused[path.name] = profile.code
            assert profile.message.endswith(".")
            assert "%" not in profile.message
            continue
        read += 1
        assert profile.rows
        assert len(set(profile.headers)) == len(profile.headers)
        assert all(note.sentence for note in profile.notes)
    assert read + len(refused) == len(HORRORS)
    assert set(refused.values()) <= {"not_a_spreadsheet", "archive", "no_rows", "empty", "unclosed_quote"}
    assert read > 100


@needs_horrors
@pytest.mark.parametrize(
    ("name", "headers", "rows"),
    [
        ("csvkit/test_utf16_big.csv", ["a", "b", "c"], [["1", "2", "3"], ["4", "5", "ʤ"]]),
        ("csvkit/test_latin1.csv", ["a", "b", "c"], [["1", "2", "3"], ["4", "5", "©"]]),
        ("csvkit/null_byte.csv", ["a", "b", "c"], [["", "2", "3"]]),
        (
            "csvkit/test_skip_lines.xls",
            ["text", "date", "integer", "boolean", "float"],
            None,
        ),
        (
            "csv-spectrum/newlines.csv",
            ["a", "b", "c"],
            [["1", "2", "3"], ["Once upon \na time", "5", "6"], None],
        ),
        ("csv-spectrum/escaped_quotes.csv", ["a", "b"], [["1", 'ha "ha" ha'], ["3", "4"]]),
    ],
)
def test_horrors_are_read_right(name: str, headers: list[str], rows: list[list[str] | None] | None) -> None:
    table = open_table(SHARED / "import_edge" / name, Limits(), Choices())
    found = [row.values for row in table.rows()]
    assert table.headers[: len(headers)] == headers
    for expected, got in zip(rows or [], found, strict=rows is not None):
        assert expected is None or expected == got


@needs_horrors
@pytest.mark.sweep
def test_every_horror_through_the_reading_process_whole_and_damaged(tmp_path: Path) -> None:
    """Three hundred files and more, each by the road that an upload takes."""
    outcomes = 0
    for number, path in enumerate(HORRORS):
        for content in (path.read_bytes(), damaged(path.read_bytes(), number)):
            target = written(tmp_path / "file", content)
            found = outcome(reading.profile, target)
            assert found.message if isinstance(found, ReadingError) else found.rows
            outcomes += 1
    assert outcomes == 2 * len(HORRORS) >= 300
