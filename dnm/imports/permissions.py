"""What one may do with an import."""

from enum import StrEnum


class ImportCapability(StrEnum):
    """`USE` is resolved by each importer: an import is for those who hold its importer's own capability."""

    USE = "imports.use_importer"
