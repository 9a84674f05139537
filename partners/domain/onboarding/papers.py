"""The documents that a checklist names: seen of an applicant first, owed by the partner from then on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.errors import Invalid
from partners.domain.checklists import ask_for_documents
from partners.models import Application, Document, DocumentType, Partner
from partners.permissions.documents import DocumentCapability


def check_code(code: str) -> None:
    """Raises `Invalid` where no document type in use has the code; none at all is fine."""
    if code and not DocumentType.objects.filter(code=code, is_active=True).exists():
        raise Invalid(fields={"document_code": _("There is no document type with this code.")})


def ask_at_once(*, partner: Partner, at: datetime) -> int:
    """Ask the new partner for its documents before anybody else is told of it: what the applicant's checklist
    named is among them, and its owner finds them at the first login. How many were asked for.
    """
    system = Actor.system("checklist", partner.network_id)
    return ask_for_documents(network=partner.network, actor=system, at=at, partner=partner)


def with_papers(items: Iterable[Any], application: Application, actor: Actor | None = None) -> list[Any]:
    """Lines of a checklist, each with its document type as `paper`, and with what became of it as `document`
    once the application is a partner whose documents the reader may see. One query, or two.
    """
    found: list[Any] = list(items)
    codes = {item.document_code for item in found if item.document_code}
    kinds = {kind.code: kind for kind in DocumentType.objects.filter(code__in=codes)} if codes else {}
    made: dict[str, Document] = {}
    if kinds and actor is not None and application.partner_id:
        rows = Document.objects.visible_to(actor, DocumentCapability.VIEW).wanted().select_related("type")
        rows = rows.filter(partner=application.partner_id, type__code__in=codes)
        made = {row.type.code: row for row in rows}
    for item in found:
        item.paper = kinds.get(item.document_code)
        item.document = made.get(item.document_code)
    return found
