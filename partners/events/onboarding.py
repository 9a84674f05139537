"""What happens on the way from an enquiry to a live partner. Never with the applicant's contact data."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class ApplicationReceived(DomainEvent):
    """Somebody wants to become a partner."""

    kind: ClassVar[str] = "partners.application_received"
    title: ClassVar = _("Application received")
    applies_as: str
    source: str
    suspicion: str = ""


@dataclass(frozen=True, kw_only=True)
class ApplicationMoved(DomainEvent):
    """An application took a step; from and to, and the reason, in the details."""

    kind: ClassVar[str] = "partners.application_moved"
    title: ClassVar = _("Decision")
    transition: str


@dataclass(frozen=True, kw_only=True)
class ApplicationChanged(DomainEvent):
    """Facts of an application were changed; `fields` are their names."""

    kind: ClassVar[str] = "partners.application_changed"
    title: ClassVar = _("Facts changed")
    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class QuestionnaireAnswered(DomainEvent):
    """The applicant sent the questionnaire; `score` in percent, None where nothing is weighed."""

    kind: ClassVar[str] = "partners.questionnaire_answered"
    title: ClassVar = _("Questionnaire answered")
    score: int | None


@dataclass(frozen=True, kw_only=True)
class ChecklistItemChanged(DomainEvent):
    """A line of the checklist was ticked, waived or opened again."""

    kind: ClassVar[str] = "partners.checklist_item_changed"
    title: ClassVar = _("Checklist")
    item: str
    state: str


@dataclass(frozen=True, kw_only=True)
class LinkIssued(DomainEvent):
    """The applicant was sent a personal link, until a day."""

    kind: ClassVar[str] = "partners.link_issued"
    title: ClassVar = _("Personal link sent")
    internal: ClassVar[bool] = True
    link: str
    until: str


@dataclass(frozen=True, kw_only=True)
class LinkRevoked(DomainEvent):
    """The applicant's personal links open nothing any more."""

    kind: ClassVar[str] = "partners.link_revoked"
    title: ClassVar = _("Personal link revoked")
    internal: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class TrackDrafted(DomainEvent):
    """A new version of a track was begun."""

    kind: ClassVar[str] = "partners.track_drafted"
    title: ClassVar = _("Track drafted")
    internal: ClassVar[bool] = True
    applies_to: str
    version: int


@dataclass(frozen=True, kw_only=True)
class TrackChanged(DomainEvent):
    """The draft of a track was changed: what of it, and which part."""

    kind: ClassVar[str] = "partners.track_changed"
    title: ClassVar = _("Track changed")
    internal: ClassVar[bool] = True
    part: str
    verb: str


@dataclass(frozen=True, kw_only=True)
class TrackPublished(DomainEvent):
    """A version of a track is in force, or was replaced by the next one."""

    kind: ClassVar[str] = "partners.track_published"
    title: ClassVar = _("Track put into force")
    internal: ClassVar[bool] = True
    version: int
