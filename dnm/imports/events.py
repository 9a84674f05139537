"""What happens to an import."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FileUploaded(DomainEvent):
    kind: ClassVar[str] = "imports.file_uploaded"
    title: ClassVar[object] = _("File uploaded")
    importer: str
    sha256: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class FileReadAgain(DomainEvent):
    kind: ClassVar[str] = "imports.file_read_again"
    title: ClassVar[object] = _("File read differently")


@dataclass(frozen=True, kw_only=True)
class ColumnsMapped(DomainEvent):
    kind: ClassVar[str] = "imports.columns_mapped"
    title: ClassVar[object] = _("Columns mapped")
    columns: list[str]


@dataclass(frozen=True, kw_only=True)
class RowsChecked(DomainEvent):
    kind: ClassVar[str] = "imports.rows_checked"
    title: ClassVar[object] = _("Rows checked")
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ImportStarted(DomainEvent):
    kind: ClassVar[str] = "imports.import_started"
    title: ClassVar[object] = _("Import started")
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportFinished(DomainEvent):
    kind: ClassVar[str] = "imports.import_finished"
    title: ClassVar[object] = _("Import finished")
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ImportCancelled(DomainEvent):
    kind: ClassVar[str] = "imports.import_cancelled"
    title: ClassVar[object] = _("Import cancelled")
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class ImportFailed(DomainEvent):
    kind: ClassVar[str] = "imports.import_failed"
    title: ClassVar[object] = _("Import failed")
    reason: str


@dataclass(frozen=True, kw_only=True)
class ImportRepeated(DomainEvent):
    kind: ClassVar[str] = "imports.import_repeated"
    title: ClassVar[object] = _("Bad rows taken up again")
    rows: int
