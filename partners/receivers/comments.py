"""Telling the other side of a comment."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from partners.domain.comments import audience, record_of
from partners.events.comments import CommentWritten, InternalCommentWritten
from partners.models import Comment
from partners.permissions.comments import CommentCapability

SHOWN = 300
COMMENT = NotificationKind(
    name="partners.comment_written",
    label=_("Comment"),
    title=_("{author} commented on {what}"),
    text=_("{text}"),
    capability=CommentCapability.VIEW,
    email=True,
)
INTERNAL = NotificationKind(
    name="partners.internal_comment_written",
    label=_("Internal comment"),
    title=_("{author} commented internally on {what}"),
    text=_("{text}"),
    capability=CommentCapability.VIEW_INTERNAL,
)


def register() -> None:
    """Called when the app starts."""
    register_kind(COMMENT)
    register_kind(INTERNAL)
    register_subject(Comment, url=lambda row: row.get_absolute_url())


@receives(CommentWritten, InternalCommentWritten, name="partners.tell_of_comment")
def tell_of_comment(event: Event) -> None:
    """The other side, and whoever took part before."""
    comment = Comment.objects.select_related("subject_type").get(pk=event.subject_id)
    facts = {
        "author": comment.author_name,
        "what": str(record_of(comment)),
        "text": comment.text[:SHOWN],
    }
    kind = INTERNAL if comment.is_internal else COMMENT
    notify(kind=kind, recipients=audience(comment, timezone.now()), subject=comment, facts=facts, event=event)
