"""Saying something about a record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.contact import without_contact
from dnm.accounts.models import Membership
from dnm.events.publishing import publish
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Invalid
from partners.domain.access import holders_at, holders_over
from partners.domain.files import take_file
from partners.events.comments import CommentWritten, InternalCommentWritten
from partners.models import Comment, Partner, StoredFile
from partners.models.comments import commentable
from partners.permissions.comments import CommentCapability

LONGEST = 4000
MOST_ATTACHED = 5


@transaction.atomic
def write_comment(
    *, record: Model, text: str, is_internal: bool, actor: Actor, at: datetime, files: Sequence[File] = ()
) -> Comment:
    """Comment on a record, for the partner that it belongs to or for the network's own people.

    Contact data in the words (and the prospect's own name, of a lead) are replaced by dots. Raises
    `NotAllowed`, and `Invalid` where there is nothing to say or nobody to share it with.
    """
    kind = commentable(type(record))
    authorise(actor, kind.view, record)
    authorise(actor, CommentCapability.WRITE, record)
    by_staff = may(actor, CommentCapability.VIEW_INTERNAL, record)
    if is_internal:
        authorise(actor, CommentCapability.VIEW_INTERNAL, record)
    text = without_contact(text.strip(), name=kind.hidden_name(record))
    partner = partner_of(record)
    _check(text, files, partner, is_internal=is_internal)
    comment = Comment.objects.create(
        network_id=actor.network_id,
        subject_type=ContentType.objects.get_for_model(record),
        subject_id=record.pk,
        partner=partner,
        is_internal=is_internal,
        by_staff=by_staff,
        text=text,
        author=actor.membership,
        author_name=actor.name,
        created_at=at,
    )
    for file in files:
        take_file(file=file, subject=comment, actor=actor, at=at)
    event = InternalCommentWritten if is_internal else CommentWritten
    publish(event(about=kind.key), subject=comment, actor=actor, at=at)
    return comment


def partner_of(record: Any) -> Partner | None:
    """The partner that a record belongs to at present."""
    return record if isinstance(record, Partner) else record.partner


def record_of(comment: Comment) -> Any:
    """The row that the comment is about."""
    model: Any = comment.subject_type.model_class()
    return model.objects.get(pk=comment.subject_id)


def comments_on(record: Model, actor: Actor) -> list[Comment]:
    """The comments that the actor may read, newest first, each with its `attached` files: two queries."""
    rows = list(Comment.objects.visible_to(actor).about(record))
    attach(rows)
    return rows


def attach(comments: Sequence[Any]) -> None:
    """Give comments that were found with `visible_to` their files, as `attached`: one query for all."""
    if not comments:
        return
    files = StoredFile.objects.filter(
        subject_type=ContentType.objects.get_for_model(Comment),
        subject_id__in=[row.pk for row in comments],
        removed_at=None,
    )
    found: dict[int, list[StoredFile]] = {}
    for file in files.order_by("pk"):
        found.setdefault(file.subject_id, []).append(file)
    for row in comments:
        row.attached = found.get(row.pk, [])


def audience(comment: Comment, at: datetime) -> list[Membership]:
    """Who is told of a comment: the other side, and whoever took part before; never the author.

    Each of them can read it at this moment.
    """
    record = record_of(comment)
    earlier = Comment.objects.about(record).exclude(author=None).exclude(pk=comment.pk)
    if comment.is_internal:
        earlier = earlier.filter(is_internal=True)
    members = list(
        Membership.objects.filter(pk__in=earlier.values("author")).select_related("user", "network")
    )
    if not comment.is_internal and comment.by_staff:
        members += holders_at(record, commentable(type(record)).view, at=at)
    elif not comment.is_internal:
        members += holders_over(record, CommentCapability.FOLLOW, at=at)
    found = {member.pk: member for member in members if member.pk != comment.author_id}
    return [member for member in found.values() if _reads(member, comment, at)]


def _reads(member: Membership, comment: Comment, at: datetime) -> bool:
    actor = actor_for_membership(member, via="session", at=at)
    return bool(Comment.objects.visible_to(actor).filter(pk=comment.pk).exists())


def _check(text: str, files: Sequence[File], partner: Partner | None, *, is_internal: bool) -> None:
    faults = {}
    if not text and not files:
        faults["text"] = _("Write something, or add a file.")
    if len(text) > LONGEST:
        faults["text"] = _("At most %(most)s characters.") % {"most": LONGEST}
    if len(files) > MOST_ATTACHED:
        faults["attachments"] = _("At most %(most)s files at a time.") % {"most": MOST_ATTACHED}
    if not is_internal and (partner is None or partner.parent_id is None):
        faults["is_internal"] = _("There is no partner to share it with: make it internal.")
    if faults:
        raise Invalid(fields=faults)
