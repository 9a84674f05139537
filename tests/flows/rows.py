"""A row of every workflow, brought to any of its states along the workflow's own edges."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dnm.imports.models import ImportRun
from dnm.workflow.flows import Workflow, all_workflows
from leads.models import Lead, Offer, PartnerLoad
from leads.states import OWNED, LeadState, OfferState
from partners.domain.files import take_file
from partners.models import (
    Application,
    ChangeRequest,
    Document,
    DocumentType,
    ExitSettlement,
    Partner,
    Publication,
    SettlementItem,
    StoredFile,
    Track,
)
from partners.states.documents import IN_FORCE, DocumentState
from tests.partners.uploads import pdf, upload
from tests.world import NOW, Net


@dataclass(frozen=True)
class Kind:
    """How to make a row in its first state, and the columns that a state demands (database constraints)."""

    model: Any
    begin: Callable[[Net], Any]
    columns: Callable[[Net, str], dict[str, Any]]


def _lead_columns(net: Net, state: str) -> dict[str, Any]:
    owned = state in OWNED or state == LeadState.LOST
    return {
        "partner": net.partners["dealer_a"] if owned else None,
        "lost_reason": "too dear" if state == LeadState.LOST else "",
        "proof_of_sale": "SO-1" if state == LeadState.WON else "",
    }


def _offer_columns(net: Net, state: str) -> dict[str, Any]:
    return {"decline_reason": "other"} if state == OfferState.DECLINED else {}


def _partner(net: Net) -> Partner:
    """A prospect below distributor_north, as dealer_a's sibling."""
    number = Partner.objects.count()
    row = Partner.objects.create(
        network=net.network,
        code=f"prospect{number}",
        trade_name="Prospect",
        kind="dealer",
        parent=net.partners["distributor_north"],
        territory=net.territories["north_a"],
        created_at=NOW,
    )
    row.refresh_from_db()
    return row


def _offer(net: Net) -> Offer:
    """An offer to dealer_a, which takes as many as are wanted."""
    PartnerLoad.objects.update(open=0)
    return net.offered()


def _import(net: Net) -> ImportRun:
    return ImportRun.objects.create(
        network=net.network,
        membership=net.members["administrator"],
        importer="partners",
        created_at=NOW,
        language="en",
        file_name="dealers.csv",
        file_kind="csv",
        sha256="0" * 64,
        size=1,
    )


def _track(net: Net, kind: str = "retailer") -> Track:
    """A draft; the earlier one of the kind gives way."""
    number = Track.objects.filter(kind=kind).count()
    Track.objects.filter(kind=kind, state="draft").update(state="published")
    Track.objects.filter(kind=kind, state="published").update(state="replaced")
    return Track.objects.create(
        network=net.network, kind=kind, version=number + 1, state_changed_at=NOW, created_at=NOW
    )


def _application(net: Net) -> Application:
    """An enquiry from the place of dealer_a."""
    track = Track.objects.filter(kind="dealer").first() or _track(net, "dealer")
    row = Application.objects.create(
        network=net.network,
        track=track,
        kind="dealer",
        parent=net.partners["brand"],
        territory=net.territories["north_a"],
        state_changed_at=NOW,
        organisation="Applicant",
        contact_name="Somebody",
        email="somebody@applicant.example",
        source="api",
        external_id=f"applicant-{Application.objects.count()}",
        created_at=NOW,
    )
    row.refresh_from_db()
    return row


def _application_columns(net: Net, state: str) -> dict[str, Any]:
    is_live, is_out = state == "live", state in {"rejected", "withdrawn"}
    return {
        "partner": _partner(net) if is_live else None,
        "live_at": NOW if is_live else None,
        "closing_reason": "because" if is_out else "",
        "held_from": "enquiry" if state == "on_hold" else "",
    }


def _change(net: Net) -> ChangeRequest:
    """A draft of dealer_a's owner; the earlier ones are withdrawn."""
    standing = ["draft", "submitted", "approved"]
    ChangeRequest.objects.filter(state__in=standing).update(state="withdrawn")
    row = ChangeRequest.objects.create(
        network=net.network,
        kind="ownership",
        partner=net.partners["dealer_a"],
        territory=net.territories["north_a"],
        state_changed_at=NOW,
        reason=f"because {ChangeRequest.objects.count()}",
        legal_name="Other",
        requested_by=net.members["nobody"],
        created_at=NOW,
    )
    row.refresh_from_db()
    return row


def _change_columns(net: Net, state: str) -> dict[str, Any]:
    is_decided = state in {"approved", "effective"}
    return {
        "decided_by": net.members["auditor"] if is_decided else None,
        "decided_at": NOW if is_decided else None,
        "effective_at": NOW if is_decided else None,
    }


def _line(net: Net) -> SettlementItem:
    """A line of dealer_a's exit."""
    anchors = {
        "network": net.network, "partner": net.partners["dealer_a"], "territory": net.territories["north_a"],
    }  # fmt: skip
    settlement, _made = ExitSettlement.objects.get_or_create(
        **anchors, closed_at=None, defaults={"reason": "Retires", "begun_at": NOW}
    )
    number = SettlementItem.objects.count()
    row = SettlementItem.objects.create(
        **anchors, settlement=settlement, source=f"line-{number}", position=number, state_changed_at=NOW
    )
    row.refresh_from_db()
    return row


def _line_columns(net: Net, state: str) -> dict[str, Any]:
    return {
        "note": "because" if state == "waived" else "",
        "settled_by": net.members["auditor"] if state == "settled" else None,
        "asked_by": net.members["nobody"] if state == "waived" else None,
        "waived_by": net.members["auditor"] if state == "waived" else None,
    }


def _document(net: Net) -> Document:
    """A document that is asked of dealer_a."""
    kind = DocumentType.objects.create(
        network=net.network, code=f"type{DocumentType.objects.count()}", name="Certificate", created_at=NOW
    )
    partner = net.partners["dealer_a"]
    day = NOW.date()
    return Document.objects.create(
        network=net.network,
        type=kind,
        partner=partner,
        territory=partner.territory,
        state_changed_at=NOW,
        created_at=NOW,
        required_from=day,
        due_on=day,
    )


def _document_columns(net: Net, state: str) -> dict[str, Any]:
    """A copy for every state but the first, and who judged it where somebody has."""
    if state == DocumentState.MISSING:
        return {}
    row = Document.objects.order_by("-pk")[0]
    file = StoredFile.objects.first() or take_file(
        file=upload("copy.pdf", pdf()), subject=row, actor=net.system, at=NOW
    )
    decided = net.members["finance"].pk if state in IN_FORCE else None
    return {"file_id": file.pk, "decided_by_id": decided, "covered_until": NOW.date()}


def _publication(net: Net) -> Publication:
    """A draft of dealer_a's."""
    row = Publication.objects.create(
        network=net.network,
        partner=net.partners["dealer_a"],
        territory=net.territories["north_a"],
        kind="news",
        title="Opening hours",
        state_changed_at=NOW,
        dated_at=NOW,
        created_at=NOW,
    )
    row.refresh_from_db()
    return row


KINDS: dict[str, Kind] = {
    "publication": Kind(Publication, _publication, lambda net, state: {"number": int(state != "draft")}),
    "settlement": Kind(SettlementItem, _line, _line_columns),
    "change": Kind(ChangeRequest, _change, _change_columns),
    "application": Kind(Application, _application, _application_columns),
    "track": Kind(Track, _track, lambda net, state: {}),
    "document": Kind(Document, _document, _document_columns),
    "lead": Kind(Lead, Net.lead, _lead_columns),
    "offer": Kind(Offer, _offer, _offer_columns),
    "partner": Kind(Partner, _partner, lambda net, state: {}),
    "import": Kind(ImportRun, _import, lambda net, state: {}),
}


def workflow_of(name: str) -> Workflow:
    return all_workflows()[name]


def states_of(name: str) -> list[str]:
    """Every state of the model's field, in order."""
    return [str(value) for value, _label in KINDS[name].model._meta.get_field("state").choices]


def way_to(workflow: Workflow, start: str, state: str) -> list[str]:
    """The states on the shortest way from `start`, without it. Raises KeyError when no way leads there."""
    before: dict[str, str] = {}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for source, target in workflow.edges:
            if source == here and target not in before and target != start:
                before[target] = here
                ahead.append(target)
    way: list[str] = []
    while state != start:
        way.insert(0, state)
        state = before[state]
    return way


def brought_to(net: Net, name: str, state: str) -> Any:
    """A new row in this state, led there edge by edge, inside the network's context."""
    kind = KINDS[name]
    row = kind.begin(net)
    for step in way_to(workflow_of(name), row.state, state):
        kind.model.objects.filter(pk=row.pk).update(state=step, **kind.columns(net, step))
    return kind.model.objects.get(pk=row.pk)
