"""Reading a spreadsheet that a stranger made: what it is, how it was read, its header and its rows.

`profile(path)` says what the file is and what was assumed; `rows(path)` yields every row as text. Both work
in a process of their own with a ceiling on memory and time, so that a hostile or broken file can stop nothing
but itself. Every refusal is a class of `errors.py` with a plain sentence. Knows no database and no network.
"""

from dnm.imports.reading.errors import ReadingError
from dnm.imports.reading.limits import Limits
from dnm.imports.reading.process import profile, rows
from dnm.imports.reading.table import Choices, ColumnProfile, Note, Problem, Profile, Row

__all__ = [
    "Choices",
    "ColumnProfile",
    "Limits",
    "Note",
    "Problem",
    "Profile",
    "ReadingError",
    "Row",
    "profile",
    "rows",
]
