"""What follows from what happens to documents: asking, telling the partner, telling who verifies."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from partners.domain.access import holders_at, holders_over
from partners.domain.checklists import ask_for_documents, follow_territory
from partners.events import PartnerAdded, PartnerChanged, PartnerStateChanged
from partners.events.documents import (
    DocumentExpired,
    DocumentRejected,
    DocumentReminded,
    DocumentRevoked,
    DocumentTypeAdded,
    DocumentTypeChanged,
    DocumentUploaded,
    DocumentVerified,
)
from partners.models import Document, Partner
from partners.permissions.documents import DocumentCapability

VIEW = DocumentCapability.VIEW
TO_VERIFY = NotificationKind(
    name="partners.document_uploaded",
    label=_("Document to verify"),
    title=_("{what} of {partner} waits for verification"),
    text=_("Somebody other than the one who uploaded it has to look at it."),
    capability=VIEW,
)
VERIFIED = NotificationKind(
    name="partners.document_verified",
    label=_("Document verified"),
    title=_("{what} is verified"),
    text=_("Valid until {until:date}."),
    capability=VIEW,
)
REJECTED = NotificationKind(
    name="partners.document_rejected",
    label=_("Document rejected"),
    title=_("{what} was rejected: upload another copy"),
    text=_("{reason}"),
    capability=VIEW,
    email=True,
)
REMINDER = NotificationKind(
    name="partners.document_reminded",
    label=_("Reminder of a document that is due"),
    title=_("{what}: {days} days left"),
    text=_("Upload a valid copy by {until:date}. Without it these stop: {gates}."),
    capability=VIEW,
    email=True,
)
EXPIRED = NotificationKind(
    name="partners.document_expired",
    label=_("Document expired"),
    title=_("{what} of {partner} has expired"),
    text=_("Until a valid copy is verified these stop: {gates}."),
    capability=VIEW,
    email=True,
)
KINDS = (TO_VERIFY, VERIFIED, REJECTED, REMINDER, EXPIRED)


def register() -> None:
    """Called when the app starts."""
    for kind in KINDS:
        register_kind(kind)
    register_subject(Document, url=lambda row: row.get_absolute_url())


@receives(PartnerAdded, PartnerStateChanged, PartnerChanged, name="partners.ask_for_documents")
def ask_partner(event: Event) -> None:
    """A new partner, or one of another kind, state or place, owes other documents."""
    partner = Partner.objects.select_related("network").get(pk=event.subject_id)
    follow_territory(partner=partner)
    ask_for_documents(network=partner.network, actor=_system(event), at=timezone.now(), partner=partner)


@receives(DocumentTypeAdded, DocumentTypeChanged, name="partners.ask_of_all", queue="bulk")
def ask_of_all(event: Event) -> None:
    """Another rule: the first batch at once, the rest by beat."""
    network = Network.objects.get(pk=event.network_id)
    ask_for_documents(network=network, actor=_system(event), at=timezone.now())


@receives(DocumentUploaded, name="partners.tell_verifiers")
def tell_verifiers(event: Event) -> None:
    """Those who may verify hear of it, but not the one who uploaded."""
    document = _document(event)
    members = holders_over(document, DocumentCapability.VERIFY, at=timezone.now())
    _tell(TO_VERIFY, document, [one for one in members if one.pk != document.uploaded_by_id], event)


@receives(DocumentVerified, name="partners.tell_verified")
def tell_verified(event: Event) -> None:
    """Good news for the partner."""
    _tell_partner(VERIFIED, event)


@receives(DocumentRejected, DocumentRevoked, name="partners.tell_rejected")
def tell_rejected(event: Event) -> None:
    """The partner has to bring another copy."""
    _tell_partner(REJECTED, event)


@receives(DocumentReminded, name="partners.tell_reminder")
def tell_reminder(event: Event) -> None:
    """So many days are left."""
    _tell_partner(REMINDER, event)


@receives(DocumentExpired, name="partners.tell_expired")
def tell_expired(event: Event) -> None:
    """The partner, and those who answer for it."""
    document = _document(event)
    members = holders_at(document, DocumentCapability.UPLOAD, at=timezone.now())
    _tell(EXPIRED, document, members, event)


def _tell_partner(kind: NotificationKind, event: Event) -> None:
    document = _document(event)
    _tell(kind, document, holders_at(document, DocumentCapability.UPLOAD, at=timezone.now()), event)


def _tell(kind: NotificationKind, document: Document, members: list[Any], event: Event) -> None:
    facts = {
        "what": document.type.name,
        "partner": document.partner.trade_name,
        "until": event.payload.get("until", ""),
        "days": event.payload.get("days"),
        "reason": event.payload.get("reason", ""),
        "gates": document.type.gate_words,
    }
    known = kind.fact_names()
    told = {name: value for name, value in facts.items() if name in known}
    notify(kind=kind, recipients=members, subject=document, facts=told, event=event)


def _document(event: Event) -> Document:
    return Document.objects.select_related("type", "partner", "territory").get(pk=event.subject_id)


def _system(event: Event) -> Actor:
    return Actor.system("checklist", event.network_id)
