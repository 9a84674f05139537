"""What happens to files about partners. File names stay out: events outlive erasure."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class FileAdded(DomainEvent):
    """A file was laid down with a partner, for both sides. `file` is its public id."""

    kind: ClassVar[str] = "partners.file_added"
    title: ClassVar = _("File added")
    file: str


@dataclass(frozen=True, kw_only=True)
class InternalFileAdded(DomainEvent):
    """A file was laid down with a partner for the network's own people."""

    kind: ClassVar[str] = "partners.internal_file_added"
    title: ClassVar = _("Internal file added")
    internal: ClassVar[bool] = True
    file: str


@dataclass(frozen=True, kw_only=True)
class FileRemoved(DomainEvent):
    """A file was taken away."""

    kind: ClassVar[str] = "partners.file_removed"
    title: ClassVar = _("File removed")
    file: str


@dataclass(frozen=True, kw_only=True)
class InternalFileRemoved(DomainEvent):
    """A file of the network's own people was taken away."""

    kind: ClassVar[str] = "partners.internal_file_removed"
    title: ClassVar = _("Internal file removed")
    internal: ClassVar[bool] = True
    file: str
