"""Taking files in, and letting them out again: the one place for both."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile, File
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.commits import after_commit
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.events.publishing import publish
from dnm.scoping.actors import actor_for_membership
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.contents import clean_name, content_of
from partners.events.files import FileAdded, FileRemoved, InternalFileAdded, InternalFileRemoved
from partners.models import Partner, StoredFile
from partners.models.files import FileRoom, has_files
from partners.permissions.files import FileCapability

MOST_FILES = 50
"""Files that one record may have."""
LINK_LIVES = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def take_file(
    *,
    file: File,
    subject: Model,
    actor: Actor,
    at: datetime,
    is_internal: bool = False,
    is_signed: bool = True,
) -> StoredFile:
    """Check an upload and store it with `subject`: every upload of the portal comes through here.

    The caller has asked whether the actor may. Size, count and type are checked, the type by content;
    pictures are written anew (see `contents`). With `is_signed` off it is not kept with the file who brought
    it: readers of what an organisation publishes do not learn whose hand did it. Raises `Invalid` at field
    `file`.
    """
    if not has_files(subject):
        raise TypeError(
            f"{type(subject).__name__} has no files: register_file_subject declares who sees them"
        )
    if StoredFile.objects.about(subject).count() >= MOST_FILES:
        raise Invalid(
            fields={"file": _("A record may have at most %(most)s files.") % {"most": MOST_FILES}},
            code="file-count",
        )
    content = content_of(file)
    stored = StoredFile(
        network_id=actor.network_id,
        subject_type=ContentType.objects.get_for_model(subject),
        subject_id=subject.pk,
        partner_id=subject.pk if isinstance(subject, Partner) else getattr(subject, "partner_id", None),
        name=clean_name(str(file.name or ""), content.ending),
        media_type=content.media_type,
        size=len(content.data),
        sha256=hashlib.sha256(content.data).hexdigest(),
        is_internal=is_internal,
        uploaded_by=actor.membership if is_signed else None,
        created_at=at,
    )
    stored.content.save("content", ContentFile(content.data), save=False)
    stored.save(force_insert=True)
    return stored


@transaction.atomic
def add_file(
    *, partner: Partner, file: File, actor: Actor, at: datetime, is_internal: bool = False
) -> StoredFile:
    """Lay a file down with a partner, for both sides or for the network's own people."""
    authorise(actor, FileCapability.ADD, partner)
    if is_internal:
        authorise(actor, FileCapability.VIEW_INTERNAL, partner)
    stored = take_file(file=file, subject=partner, actor=actor, at=at, is_internal=is_internal)
    kind = InternalFileAdded if is_internal else FileAdded
    publish(kind(file=str(stored.uid)), subject=partner, actor=actor, at=at)
    return stored


def why_not_remove(file: StoredFile, partner: Partner, actor: Actor) -> str:
    """A sentence when the actor cannot take this file away, else "": people take back what they added."""
    if not may(actor, FileCapability.ADD, partner):
        return str(NotAllowed.default)
    is_own = actor.membership_id is not None and file.uploaded_by_id == actor.membership_id
    if not (is_own or may(actor, FileCapability.VIEW_INTERNAL, partner)):
        return _("Only who added a file, or the network's people, can take it away.")
    return ""


@transaction.atomic
def remove_file(*, file: StoredFile, actor: Actor, at: datetime) -> None:
    """Take a file of a partner away; its content is deleted. Those of documents and comments stay."""
    file = StoredFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if file.subject_type != ContentType.objects.get_for_model(Partner):
        raise Conflict(_("This file belongs to a record and stays with it."), code="file-belongs")
    partner = Partner.objects.get(pk=file.subject_id)
    if why_not := why_not_remove(file, partner, actor):
        raise NotAllowed(why_not)
    drop_file(file, at)
    kind = InternalFileRemoved if file.is_internal else FileRemoved
    publish(kind(file=str(file.uid)), subject=partner, actor=actor, at=at)


def drop_file(file: StoredFile, at: datetime) -> None:
    """Nobody sees the file from now on; its content goes after the commit. The caller has asked who may."""
    if not StoredFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at):
        raise Conflict(_("Somebody was faster: reload to see the present state."), code="state-changed")
    after_commit(FileRoom().delete, file.content.name)


# -- links --------------------------------------------------------------------------------------------


def link_for(file: StoredFile, actor: Actor) -> str:
    """A signed token that opens this file for this member for five minutes, where no session is at hand."""
    return _signer().sign(f"{file.network_id}:{actor.membership_id}:{file.uid}")


def reader_by_link(token: str, *, uid: UUID, at: datetime) -> Actor | None:
    """The member for whom a link to this file was signed, with the rights of now; None when it opens
    nothing.

    Who may read is asked anew: a link outlives neither the right nor the membership, and holds on the network
    that signed it.
    """
    try:
        network, member, file = _signer().unsign(token, max_age=LINK_LIVES).split(":")
        place = {"network_id": int(network), "pk": int(member)}
    except (BadSignature, ValueError):
        return None
    if file != str(uid):
        return None
    membership = (
        Membership.objects.select_related("user", "network")
        .filter(**place, state=MembershipState.ACTIVE, user__is_active=True)
        .first()
    )
    return None if membership is None else actor_for_membership(membership, via="token", at=at)


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="partners.files")


# -- tidying up ---------------------------------------------------------------------------------------


def sweep_files(network_id: int, at: datetime) -> int:
    """Delete contents that no row names: of uploads whose transaction was undone, and of removed files.

    Only what has lain for a day: an upload may still be on its way to its commit. How many went.
    """
    room = FileRoom()
    old = [path for path in Path(room.path(f"networks/{network_id}")).glob("??/*") if _is_old(path, at)]
    names = {path.name for path in old}
    known = {
        str(uid)
        for uid in StoredFile.objects.filter(uid__in=list(filter(_is_uid, names)), removed_at=None)
        .values_list("uid", flat=True)
    }  # fmt: skip
    gone = [path for path in old if path.name not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _is_old(path: Path, at: datetime) -> bool:
    return path.stat().st_mtime < (at - FORGOTTEN_AFTER).timestamp()


def _is_uid(name: str) -> Any:
    try:
        return UUID(name)
    except ValueError:
        return None
