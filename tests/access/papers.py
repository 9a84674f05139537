"""Files, documents and comments of the stage, each with a word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from leads.models import Lead
from partners.domain.checklists import ask_for_documents
from partners.domain.comments import write_comment
from partners.domain.document_types import create_document_type
from partners.domain.documents import upload_document, verify_document
from partners.domain.files import add_file
from partners.models import Document
from tests.partners.uploads import pdf

if TYPE_CHECKING:
    from tests.access.stage import Stage


def add_papers(stage: Stage) -> None:
    """Everything in its place."""
    _files(stage)
    _documents(stage)
    _comments(stage)


def _files(stage: Stage) -> None:
    """A file of each partner for both sides, and one for the network's own people."""
    title, actor = stage.net.network.name, stage.net.actor("administrator", stage.at)
    for key in ("dealer_a", "dealer_b", "dealer_c", "distributor_north", "retailer_a"):
        for kind in ("shared", "internal"):
            content = SimpleUploadedFile(f"{title} paper {key} {kind}.pdf", pdf(head=f"%{key}\n".encode()))
            stage.files[f"{key} {kind}"] = add_file(
                partner=stage.net.partners[key],
                file=content,
                actor=actor,
                at=stage.at,
                is_internal=kind == "internal",
            )


UPLOADED, VERIFIED = "uploaded", "verified"
PAPERS = {"dealer_a": UPLOADED, "dealer_b": UPLOADED, "dealer_c": VERIFIED, "retailer_a": UPLOADED}
"""How far each partner's certificate has come; the others have brought none."""


def _documents(stage: Stage) -> None:
    """A certificate is asked of everybody. The number on each copy is a secret of its partner."""
    net, at = stage.net, stage.at
    title = net.network.name
    facts = {"code": "tax", "name": f"{title} tax certificate", "gates": ["payouts"], "has_expiry": False}
    stage.document_types["tax"] = create_document_type(facts=facts, actor=net.system, at=at)
    ask_for_documents(network=net.network, actor=net.system, at=at)
    for document in Document.objects.select_related("partner", "type", "network"):
        key = document.partner.code
        stage.documents[key] = document
        if key not in PAPERS:
            continue
        stage.documents[key] = document = upload_document(
            document=document,
            file=SimpleUploadedFile(f"{title} copy of {key}.pdf", pdf(head=f"%{key}\n".encode())),
            number=f"{title}-number-{key}",
            actor=net.system,
            at=at,
        )
        if PAPERS[key] == VERIFIED:
            verify_document(document=document, actor=net.actor("finance", at), at=at)


def _comments(stage: Stage) -> None:
    """On the partner's page and on a lead, for both sides and for the network alone; and one on a lead that
    has gone to another partner since.
    """
    net, at = stage.net, stage.at
    staff = net.actor("administrator", at)
    leads = {"dealer_a": "own", "dealer_b": "sibling", "dealer_c": "south", "retailer_a": "downstream"}
    for key, scene in leads.items():
        lead = Lead.objects.select_related("partner").get(pk=stage.scenes[scene].lead.pk)
        for record, about in ((net.partners[key], "partner"), (lead, "lead")):
            for kind in ("shared", "internal"):
                name = f"{key} {about} {kind}"
                stage.comments[name] = write_comment(
                    record=record,
                    text=f"{net.network.name} said {key}-{about}-{kind}",
                    is_internal=kind == "internal",
                    actor=staff,
                    at=at,
                )
    former = Lead.objects.select_related("partner").get(pk=stage.scenes["released"].lead.pk)
    Lead.objects.filter(pk=former.pk).update(partner=net.partners["dealer_a"])
    former.refresh_from_db()
    said = f"{net.network.name} said dealer_a-former-shared"
    stage.comments["dealer_a former shared"] = write_comment(
        record=former, text=said, is_internal=False, actor=staff, at=at
    )
    Lead.objects.filter(pk=former.pk).update(partner=net.partners["dealer_b"])
