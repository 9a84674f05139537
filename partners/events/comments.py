"""What happens to comments. Their words stay in the rows: events outlive erasure."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from dnm.events.kinds import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CommentWritten(DomainEvent):
    """A comment for both sides. `about` is the kind of record."""

    kind: ClassVar[str] = "partners.comment_written"
    title: ClassVar = _("Comment")
    about: str


@dataclass(frozen=True, kw_only=True)
class InternalCommentWritten(DomainEvent):
    """A comment for the network's own people."""

    kind: ClassVar[str] = "partners.internal_comment_written"
    title: ClassVar = _("Internal comment")
    internal: ClassVar[bool] = True
    about: str
