"""What happens to publications. Titles stay out: what is only drafted is nobody's business yet."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PublicationDrafted(DomainEvent):
    """Something was written that nobody else reads yet."""

    kind: ClassVar[str] = "partners.publication_drafted"
    title: ClassVar = _("Draft written")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class PublicationEdited(DomainEvent):
    """A draft was changed; `fields` are the names of what."""

    kind: ClassVar[str] = "partners.publication_edited"
    title: ClassVar = _("Draft changed")
    internal: ClassVar[bool] = True
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PublicationPublished(DomainEvent):
    """It is out: its audience reads it from now on."""

    kind: ClassVar[str] = "partners.publication_published"
    title: ClassVar = _("Published")
    version: int


@dataclass(frozen=True, kw_only=True)
class PublicationRevised(DomainEvent):
    """Another version of it is out. `is_anew` says that it must be read again."""

    kind: ClassVar[str] = "partners.publication_revised"
    title: ClassVar = _("New version")
    version: int
    is_anew: bool


@dataclass(frozen=True, kw_only=True)
class PublicationReminded(DomainEvent):
    """Those who have not acknowledged it are reminded, so many days after it came out."""

    kind: ClassVar[str] = "partners.publication_reminded"
    title: ClassVar = _("Reminder")
    days: int


@dataclass(frozen=True, kw_only=True)
class PublicationWithdrawn(DomainEvent):
    """It is not read any more; the reason in the details."""

    kind: ClassVar[str] = "partners.publication_withdrawn"
    title: ClassVar = _("Withdrawn")
