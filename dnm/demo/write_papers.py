"""Writes document types, documents and their events. All copies of one kind share one content: a page that
says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from dnm.demo.loading import ALIAS, Loader, Uids, insert_into
from dnm.demo.papers import FOR_EVER, Paper, PaperType, day_after, papers_of, types_of
from dnm.demo.plan import NetworkPlan
from dnm.demo.write_channel import FOUNDED, Written
from partners.models import Document, DocumentType, StoredFile

COLUMNS = {
    "id": "bigint", "uid": "uuid", "file": "bigint", "file_uid": "uuid", "partner": "bigint",
    "type": "bigint", "state": "text", "named": "text", "content": "text", "size": "int", "digest": "text",
    "number": "text", "expires": "date", "due": "date", "required": "date", "covered": "date",
    "reason": "text", "asked": "timestamptz", "uploaded": "timestamptz", "decided": "timestamptz",
    "reminded": "int[]", "turned": "timestamptz",
}  # fmt: skip
SOMEBODY = """demo_paper s JOIN partners_partner p ON p.id = s.partner LEFT JOIN LATERAL (
    SELECT min(a.membership_id) AS member FROM partners_affiliation a
    WHERE a.network_id = %(network)s AND a.partner_id = s.partner) m ON true"""
FILES = {
    "id": "s.file", "network_id": "%(network)s", "uid": "s.file_uid", "subject_type_id": "t.id",
    "subject_id": "s.id", "partner_id": "s.partner", "name": "s.named", "media_type": "'application/pdf'",
    "size": "s.size", "sha256": "s.digest", "content": "s.content", "uploaded_by_id": "m.member",
    "created_at": "s.uploaded",
}  # fmt: skip
FILES_FROM = f"""{SOMEBODY} JOIN django_content_type t ON t.app_label = 'partners' AND t.model = 'document'
    WHERE s.uploaded IS NOT NULL ORDER BY s.id"""
DOCUMENTS = {
    "id": "s.id", "network_id": "%(network)s", "uid": "s.uid", "type_id": "s.type", "partner_id": "s.partner",
    "territory_id": "p.territory_id", "state": "s.state", "number": "s.number", "expires_on": "s.expires",
    "state_changed_at": "coalesce(s.turned, s.decided, s.uploaded, s.asked)", "due_on": "s.due",
    "required_from": "s.required", "covered_until": "s.covered", "reason": "s.reason",
    "created_at": "s.asked", "reminded": "s.reminded", "uploaded_at": "s.uploaded", "decided_at": "s.decided",
    "file_id": "CASE WHEN s.uploaded IS NULL THEN NULL ELSE s.file END",
    "uploaded_by_id": "CASE WHEN s.uploaded IS NULL THEN NULL ELSE m.member END",
    "decided_by_id": "CASE WHEN s.decided IS NULL THEN NULL ELSE %(decider)s::bigint END",
}  # fmt: skip
DOCUMENTS_FROM = f"{SOMEBODY} ORDER BY s.id"
DECIDER = """
    SELECT h.membership_id FROM partners_territoryholding h JOIN auth_permission p ON p.id = h.permission_id
    WHERE h.network_id = %(network)s AND p.codename = 'hold_finance' ORDER BY h.id LIMIT 1"""
EVENTS = """
    INSERT INTO events_event (network_id, uid, kind, subject_type_id, subject_id, anchor_id, payload,
                              actor_name, via, membership_id, request_id, occurred_at)
    SELECT %(network)s, gen_random_uuid(), e.kind, t.id, d.id, d.partner_id, e.payload,
           coalesce(u.name, 'checklist'), CASE WHEN u.name IS NULL THEN 'system' ELSE 'session' END,
           e.member, '', e.at
    FROM partners_document d
    JOIN django_content_type t ON t.app_label = 'partners' AND t.model = 'document'
    CROSS JOIN LATERAL (VALUES
        ('partners.document_asked', jsonb_build_object('until', d.required_from), NULL::bigint, d.created_at),
        ('partners.document_uploaded',
         jsonb_build_object('transition', 'upload', 'from', 'missing', 'to', 'uploaded'),
         d.uploaded_by_id, d.uploaded_at),
        (CASE d.state WHEN 'rejected' THEN 'partners.document_rejected' ELSE 'partners.document_verified' END,
         jsonb_build_object('until', coalesce(d.expires_on::text, ''), 'from', 'uploaded',
            'transition', CASE d.state WHEN 'rejected' THEN 'reject' ELSE 'verify' END,
            'to', CASE d.state WHEN 'rejected' THEN 'rejected' ELSE 'verified' END, 'reason', d.reason),
         d.decided_by_id, d.decided_at),
        (CASE d.state WHEN 'expired' THEN 'partners.document_expired' ELSE 'partners.document_expiring' END,
         jsonb_build_object('from', 'verified', 'to', d.state, 'until', d.expires_on,
            'transition', CASE d.state WHEN 'expired' THEN 'expire' ELSE 'warn' END),
         NULL, CASE WHEN d.state IN ('expired', 'expiring') THEN d.state_changed_at END)
    ) AS e(kind, payload, member, at)
    LEFT JOIN accounts_membership m ON m.id = e.member LEFT JOIN accounts_user u ON u.id = m.user_id
    WHERE d.network_id = %(network)s AND e.at IS NOT NULL ORDER BY e.at, d.id"""


@dataclass(frozen=True, slots=True)
class Kind:
    """A document type as written: its id, and the one content that all its copies share."""

    paper: PaperType
    id: int
    content: str
    size: int
    digest: str


def write_papers(plan: NetworkPlan, loader: Loader, uids: Uids, written: Written) -> None:
    """Document types, documents, a row for each copy, what happened; contents into the folder of files."""
    kinds = [_kind(paper, plan, written, uids) for paper in types_of(plan.brand)]
    papers = list(papers_of(plan))
    first = (
        loader.reserve("partners_document", len(papers)),
        loader.reserve("partners_storedfile", len(papers)),
    )
    loader.stage("demo_paper", COLUMNS, _rows(plan, papers, kinds, uids, written, first))
    loader.insert("files", insert_into(StoredFile, FILES, FILES_FROM))
    decider = loader.fetch(DECIDER)[0][0]
    loader.insert("documents", insert_into(Document, DOCUMENTS, DOCUMENTS_FROM), decider=decider)
    loader.insert("events", EVENTS)


def _kind(paper: PaperType, plan: NetworkPlan, written: Written, uids: Uids) -> Kind:
    made = DocumentType.objects.using(ALIAS).create(
        network=written.network,
        uid=uids.at(FOUNDED),
        code=paper.code,
        name=paper.name,
        hint=paper.hint,
        kinds=list(paper.kinds),
        gates=list(paper.gates),
        has_expiry=bool(paper.years),
        created_at=datetime.fromtimestamp(plan.now, UTC) - timedelta(days=400),
    )
    data = page(f"{plan.brand.name}: specimen of a {paper.name}")
    place = f"networks/{written.network.pk}/specimens/{paper.code}"
    path = Path(settings.FILES_ROOT, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Kind(paper, int(made.pk), place, len(data), hashlib.sha256(data).hexdigest())


def _rows(
    plan: NetworkPlan,
    papers: list[Paper],
    kinds: list[Kind],
    uids: Uids,
    written: Written,
    first: tuple[int, int],
) -> Iterator[tuple[object, ...]]:
    moment = datetime.fromtimestamp(plan.now, UTC)
    for number, paper in enumerate(papers, start=1):
        kind = kinds[paper.type]
        asked = moment - timedelta(days=400 if paper.state != "missing" else 12)
        required = (asked + timedelta(days=30)).date()
        uploaded = None if paper.state == "missing" else moment - timedelta(days=paper.uploaded)
        is_decided = paper.state not in ("missing", "uploaded")
        expires = None if paper.expires is None else day_after(plan.now, paper.expires)
        covered = None if paper.state in ("missing", "uploaded", "rejected") else expires or FOR_EVER
        if paper.state in ("uploaded", "rejected"):
            covered = day_after(plan.now, 21)  # an earlier copy still holds
        yield (
            first[0] + number,
            uids.at(int(asked.timestamp())),
            first[1] + number,
            uids.at(int((uploaded or asked).timestamp())),
            written.partner(paper.partner),
            kind.id,
            paper.state,
            f"{kind.paper.name}.pdf",
            kind.content,
            kind.size,
            kind.digest,
            paper.number,
            expires,
            _due(paper, required, covered, plan.now),
            required,
            covered,
            paper.reason,
            asked,
            uploaded,
            uploaded + timedelta(hours=20) if is_decided and uploaded else None,
            [day for day in (60, 30, 7, 1) if paper.state == "expiring" and (paper.expires or 0) <= day],
            _turned(paper, moment),
        )


def _turned(paper: Paper, moment: datetime) -> datetime | None:
    """When the calendar moved it on: sixty days before its last day, or on the day after."""
    if paper.state not in ("expiring", "expired") or paper.expires is None:
        return None
    return moment + timedelta(days=paper.expires + (1 if paper.state == "expired" else -60))


def _due(paper: Paper, required: date, covered: date | None, now: int) -> date:
    """The day on which somebody has to have acted."""
    if paper.state == "missing":
        return required
    if paper.state == "uploaded":
        return day_after(now, -paper.uploaded)
    return covered or required


def page(words: str) -> bytes:
    """A PDF of one page with a line of text (ASCII)."""
    text = f"BT /F1 18 Tf 60 760 Td ({words}) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{written}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return body.encode("ascii")
