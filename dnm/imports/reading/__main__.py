"""The reading process: `python -m dnm.imports.reading profile|rows`, one JSON request in, JSON lines out.

The request is {"path", "limits", "choices"}. The last line of `rows` is {"end": count}; a refusal is
{"error": code, "params": {...}}. Memory and processor time are capped before the file is opened.
"""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dnm.imports.reading.errors import NeedsTooMuch, ReadingError
from dnm.imports.reading.layout import describe, open_table
from dnm.imports.reading.limits import Limits
from dnm.imports.reading.table import Choices


def _cap(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answers(mode: str, request: dict[str, Any]) -> Iterator[object]:
    limits, choices = Limits(**request["limits"]), Choices(**request["choices"])
    _cap(limits)
    try:
        table = open_table(Path(request["path"]), limits, choices)
        if mode == "profile":
            yield asdict(describe(table))
            return
        for row in table.rows():
            yield [row.number, row.values, [[problem.code, problem.params] for problem in row.problems]]
        yield {"end": table.count}
    except ReadingError as refused:
        yield {"error": refused.code, "params": refused.params}
    except MemoryError:
        yield {"error": NeedsTooMuch.code, "params": {}}
    except BaseException:
        # A panic in the parser's Rust code is no `Exception`. Whatever broke, the file is refused by name.
        yield {"error": ReadingError.code, "params": {}}


def main() -> None:
    request = json.load(sys.stdin)
    for answer in _answers(sys.argv[1], request):
        sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
