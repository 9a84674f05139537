"""Bringing documents, and a second person's judgement of them."""

from datetime import date, datetime, timedelta

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Invalid
from dnm.workflow.flows import advance
from partners.domain.files import take_file
from partners.domain.gates import today_of
from partners.events.documents import (
    DocumentRejected,
    DocumentRevoked,
    DocumentUploaded,
    DocumentVerified,
)
from partners.models import Document
from partners.models.documents import FOR_EVER
from partners.permissions.documents import DocumentCapability

LONGEST = timedelta(days=366 * 30)


@transaction.atomic
def upload_document(
    *,
    document: Document,
    file: File,
    actor: Actor,
    at: datetime,
    number: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
) -> Document:
    """Bring a copy, or a newer one; it waits for a second person.

    What an earlier verified copy covers stays covered. Raises `NotAllowed`, `Invalid` (fields named).
    """
    document = locked(document)
    authorise(actor, DocumentCapability.UPLOAD, document, system=True)
    today = today_of(document, at)
    _check_days(document, issued_on, expires_on, today)
    stored = take_file(file=file, subject=document, actor=actor, at=at)
    advance(
        document,
        "upload",
        actor=actor,
        at=at,
        event=DocumentUploaded(file=str(stored.uid)),
        changes={
            "file": stored,
            "number": number.strip(),
            "issued_on": issued_on,
            "expires_on": expires_on if document.type.has_expiry else None,
            "uploaded_by": actor.membership,
            "uploaded_at": at,
            "decided_by": None,
            "decided_at": None,
            "reason": "",
            "due_on": today,
        },
    )
    return document


@transaction.atomic
def verify_document(
    *, document: Document, actor: Actor, at: datetime, expires_on: date | None = None
) -> Document:
    """Find the copy right; `expires_on` corrects what was typed with it. What it gates opens at once.

    Raises `NotAllowed` for who uploaded it, `Invalid` when its last day is over, `Conflict`.
    """
    document = locked(document)
    authorise(actor, DocumentCapability.VERIFY, document)
    last = expires_on or document.expires_on
    _check_days(document, document.issued_on, last, today_of(document, at))
    covered = last if document.type.has_expiry and last else FOR_EVER
    advance(
        document,
        "verify",
        actor=actor,
        at=at,
        event=DocumentVerified(until="" if covered == FOR_EVER else covered.isoformat()),
        changes={
            "decided_by": actor.membership,
            "decided_at": at,
            "expires_on": None if covered == FOR_EVER else covered,
            "covered_until": covered,
            "due_on": covered,
            "reminded": [],
        },
    )
    return document


@transaction.atomic
def reject_document(*, document: Document, reason: str, actor: Actor, at: datetime) -> Document:
    """Find the copy wrong, with the reason. What an earlier copy covers stays covered until its last day."""
    document = locked(document)
    today = today_of(document, at)
    covered = document.covered_until is not None and document.covered_until >= today
    advance(
        document,
        "reject",
        actor=actor,
        at=at,
        event=DocumentRejected(),
        reason=reason.strip()[:250],
        changes={
            "decided_by": actor.membership,
            "decided_at": at,
            "reason": reason.strip()[:250],
            "due_on": document.covered_until if covered else today,
            "reminded": document.reminded if covered else list(document.type.reminder_days),
        },
    )
    return document


@transaction.atomic
def revoke_document(*, document: Document, reason: str, actor: Actor, at: datetime) -> Document:
    """Take a verification back (the paper was false, the registration struck off): gates close at once."""
    document = locked(document)
    today = today_of(document, at)
    advance(
        document,
        "revoke",
        actor=actor,
        at=at,
        event=DocumentRevoked(),
        reason=reason.strip()[:250],
        changes={
            "decided_by": None,
            "decided_at": None,
            "reason": reason.strip()[:250],
            "covered_until": None,
            "required_from": min(document.required_from, today - timedelta(days=1)),
            "due_on": today,
            "reminded": list(document.type.reminder_days),
        },
    )
    return document


def locked(document: Document) -> Document:
    """The row as it is now, with its type, partner and network."""
    return (
        Document.objects.select_for_update(of=("self",))
        .select_related("type", "partner", "network")
        .get(pk=document.pk)
    )


def _check_days(document: Document, issued_on: date | None, expires_on: date | None, today: date) -> None:
    faults = {}
    if issued_on is not None and issued_on > today:
        faults["issued_on"] = _("This day has not come yet.")
    if document.type.has_expiry:
        if expires_on is None:
            faults["expires_on"] = _("Say until when it is valid.")
        elif expires_on < today:
            faults["expires_on"] = _("Its last day is over.")
        elif expires_on > today + LONGEST:
            faults["expires_on"] = _("That is more than thirty years ahead.")
    if faults:
        raise Invalid(fields=faults)
