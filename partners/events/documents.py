"""What happens to compliance documents. Numbers and names of files stay out: events outlive erasure."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class DocumentAsked(DomainEvent):
    """A partner has to bring a document by `until`."""

    kind: ClassVar[str] = "partners.document_asked"
    title: ClassVar = _("Document asked for")
    until: str


@dataclass(frozen=True, kw_only=True)
class DocumentUploaded(DomainEvent):
    """A copy came in and waits for a second person. `file` is the file's public id."""

    kind: ClassVar[str] = "partners.document_uploaded"
    title: ClassVar = _("Document uploaded")
    file: str


@dataclass(frozen=True, kw_only=True)
class DocumentVerified(DomainEvent):
    """A second person found the copy right; it is good until `until` ("" for ever)."""

    kind: ClassVar[str] = "partners.document_verified"
    title: ClassVar = _("Document verified")
    until: str


@dataclass(frozen=True, kw_only=True)
class DocumentRejected(DomainEvent):
    """A second person found the copy wrong, with the reason."""

    kind: ClassVar[str] = "partners.document_rejected"
    title: ClassVar = _("Document rejected")


@dataclass(frozen=True, kw_only=True)
class DocumentRevoked(DomainEvent):
    """A verification was taken back: the document counts no more."""

    kind: ClassVar[str] = "partners.document_revoked"
    title: ClassVar = _("Verification taken back")


@dataclass(frozen=True, kw_only=True)
class DocumentExpiring(DomainEvent):
    """The document comes near its last day."""

    kind: ClassVar[str] = "partners.document_expiring"
    title: ClassVar = _("Document expires soon")
    until: str


@dataclass(frozen=True, kw_only=True)
class DocumentExpired(DomainEvent):
    """The last day is over, and with it what the document opened."""

    kind: ClassVar[str] = "partners.document_expired"
    title: ClassVar = _("Document expired")


@dataclass(frozen=True, kw_only=True)
class DocumentReminded(DomainEvent):
    """The partner is reminded: `days` are left until `until`."""

    kind: ClassVar[str] = "partners.document_reminded"
    title: ClassVar = _("Reminder")
    days: int
    until: str


@dataclass(frozen=True, kw_only=True)
class DocumentTypeAdded(DomainEvent):
    """The network asks for another kind of document."""

    kind: ClassVar[str] = "partners.document_type_added"
    title: ClassVar = _("Document type added")
    internal: ClassVar[bool] = True
    code: str


@dataclass(frozen=True, kw_only=True)
class DocumentTypeChanged(DomainEvent):
    """The rules of a kind of document changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.document_type_changed"
    title: ClassVar = _("Document type changed")
    internal: ClassVar[bool] = True
    fields: list[str]
