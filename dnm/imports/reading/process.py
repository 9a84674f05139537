"""The caller's side of the reading process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from dnm.imports.reading.errors import BY_CODE, NeedsTooMuch, NoRows, ReadingError
from dnm.imports.reading.limits import DEFAULT, Limits
from dnm.imports.reading.table import Choices, ColumnProfile, Note, Problem, Profile, Row

ROOT = Path(__file__).resolve().parents[3]


def profile(path: Path, *, choices: Choices | None = None, limits: Limits = DEFAULT) -> Profile:
    """What the file is, how it was read and what its columns hold. Raises a class of `errors.py`."""
    for answer in _answers("profile", path, choices, limits):
        return _profile(answer)
    raise NeedsTooMuch


def rows(path: Path, *, choices: Choices | None = None, limits: Limits = DEFAULT) -> Iterator[Row]:
    """Every row that is not blank, in order. Raises a class of `errors.py`, at the latest at the end.

    A file that ends early never passes for a whole one: the process says how many rows it sent.
    """
    for count, answer in enumerate(_answers("rows", path, choices, limits)):
        if isinstance(answer, dict):
            if answer["end"] != count:
                raise NeedsTooMuch
            if not count:
                raise NoRows
            return
        number, values, problems = answer
        yield Row(number, values, [Problem(code, params) for code, params in problems])
    raise NeedsTooMuch


def _answers(mode: str, path: Path, choices: Choices | None, limits: Limits) -> Iterator[Any]:
    request = {"path": str(path), "limits": asdict(limits), "choices": asdict(choices or Choices())}
    with _process(mode) as (question, lines):
        question.write(json.dumps(request))
        question.close()
        for line in lines:
            answer = json.loads(line)
            if isinstance(answer, dict) and "error" in answer:
                raise BY_CODE.get(answer["error"], ReadingError)(**answer["params"])
            yield answer


@contextmanager
def _process(mode: str) -> Iterator[tuple[IO[str], IO[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "dnm.imports.reading", mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=ROOT,
        close_fds=True,
    )
    question, lines = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
    try:
        yield question, lines
    finally:
        process.kill()
        question.close()
        lines.close()
        process.wait()


def _profile(answer: dict[str, Any]) -> Profile:
    return Profile(
        **answer
        | {
            "columns": [ColumnProfile(**column) for column in answer["columns"]],
            "notes": [Note(**note) for note in answer["notes"]],
        }
    )
