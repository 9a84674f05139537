"""An import and its rows."""

from dnm.imports.models.rows import ImportRow
from dnm.imports.models.runs import ImportRun

__all__ = ["ImportRow", "ImportRun"]
