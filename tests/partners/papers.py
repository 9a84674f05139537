"""Document types of a network, and documents brought to any point of their life by the verbs."""

from datetime import date, timedelta
from typing import Any

from dnm.accounts.tenancy import network_context
from partners.domain.checklists import ask_for_documents
from partners.domain.document_types import create_document_type
from partners.domain.documents import upload_document, verify_document
from partners.models import Document, DocumentType
from tests.partners.uploads import pdf, upload
from tests.world import NOW, Net

TODAY = NOW.date()


def document_type(net: Net, code: str = "gst", **facts: Any) -> DocumentType:
    """A required kind of document that blocks leads, asked of everybody at once."""
    values = {"code": code, "name": f"{net.network.name} {code} certificate", "gates": ["leads"], **facts}
    with network_context(net.network):
        kind = create_document_type(facts=values, actor=net.system, at=NOW)
        ask_for_documents(network=net.network, actor=net.system, at=NOW)
        return kind


def document_of(net: Net, partner: str = "dealer_a", code: str = "gst") -> Document:
    with network_context(net.network):
        return Document.objects.select_related("type", "partner", "network", "file").get(
            partner=net.partners[partner], type__code=code
        )


def brought(net: Net, partner: str = "dealer_a", *, by: str = "owner_a", **values: Any) -> Document:
    """A copy that waits, valid for a year."""
    values = {
        "at": NOW,
        "expires_on": TODAY + timedelta(days=365),
        "number": f"{net.network.name}-27AAPFU",
        **values,
    }
    with network_context(net.network):
        return upload_document(
            document=document_of(net, partner),
            file=values.pop("file", upload("certificate.pdf", pdf())),
            actor=net.system if by == "system" else net.actor(by),
            **values,
        )


def verified(
    net: Net, partner: str = "dealer_a", *, by: str = "owner_a", until: date | None = None, **values: Any
) -> Document:
    """A copy in force."""
    until = until or TODAY + timedelta(days=365)
    document = brought(net, partner, by=by, expires_on=until, **values)
    with network_context(net.network):
        return verify_document(document=document, actor=net.actor("finance"), at=values.get("at", NOW))
