"""What compliance puts into the portal: tab and notices on the partner's page, tasks and figures at home."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dnm.accounts.actors import Actor
from dnm.events.models import Event
from dnm.metrics.reading import Reading
from dnm.scoping.authority import may
from dnm.scoping.masks import hidden_fields
from dnm.web.formats import ago, number, percent, short_day
from dnm.web.home import Figure, Kpi, TaskItem, TaskSource, register_figure, register_tasks
from dnm.web.tabs import Notice, OpenItem, Tab, register_notices, register_open_item, register_tab
from dnm.web.timeline import Strand, describes, register_strand
from dnm.workflow.duties import remember_steps
from partners.domain.checklists import checklist_of
from partners.domain.gates import closed_to
from partners.metrics.documents import COMPLETION, EXPIRING
from partners.models import Document, Partner
from partners.permissions.documents import DocumentCapability
from partners.states.documents import DocumentState, Gate
from partners.views.documents import documents_of, verbs_of

VIEW, UPLOAD, VERIFY = DocumentCapability.VIEW, DocumentCapability.UPLOAD, DocumentCapability.VERIFY
SOON = timedelta(days=30)
TEN_YEARS = 3650
S = DocumentState


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab("documents", gettext_lazy("Documents"), VIEW, "partners/tabs/documents.html", _tab, 30, _open),
    )
    bring, judge = gettext_lazy("Documents to bring"), gettext_lazy("Documents to verify")
    items = (
        OpenItem("to-bring", bring, "certificate", VIEW, _open, documents_of, 30),
        OpenItem("to-verify", judge, "check", VERIFY, _waiting, documents_of, 31),
    )
    for item in items:
        register_open_item(Partner, item)
    register_notices(Partner, gate_notices)
    register_strand(Partner, Strand(_asked, "type__name", "partners:document"))
    describes("partners.document_asked", _until(gettext_lazy("needed by {day}")))
    describes("partners.document_verified", _until(gettext_lazy("valid until {day}")))
    describes("partners.document_expiring", _until(gettext_lazy("valid until {day}")))
    describes("partners.document_reminded", _until(gettext_lazy("valid copy wanted by {day}")))
    register_tasks(TO_BRING)
    register_tasks(TO_VERIFY)
    register_figure(Figure(COMPLETION, TEN_YEARS, _complete))
    register_figure(Figure(EXPIRING, TEN_YEARS, _expiring))


def gate_notices(partner: Partner, actor: Actor, at: datetime) -> Iterable[Notice]:
    """What is closed to the partner today, and for want of what: one query for all gates."""
    closed = closed_to([partner.pk], timezone.localtime(at).date())
    gates = [gate for gate in Gate if any(one.gate == gate for one in closed)]
    if not gates:
        return []
    wanting = dict.fromkeys(one.reason.what for one in closed)
    return [
        Notice(
            tone="bad",
            title=_("Blocked: {gates}").format(gates=", ".join(str(gate.label) for gate in gates)),
            text=_("Missing or expired: {documents}.").format(documents=", ".join(wanting)),
            url=documents_of(partner) if may(actor, VIEW, partner) else "",
            verb=_("Documents"),
        )
    ]


def _asked(partner: Partner, actor: Actor) -> Any:
    """Of the documents asked of the partner those that the actor may see."""
    return Document.objects.visible_to(actor, VIEW).filter(partner=partner)


def _until(words: Any) -> Callable[[Event], str]:
    """The sentence below an event with a day; none for what holds for ever."""

    def sentence(event: Event) -> str:
        told = event.payload.get("until")
        return str(words).format(day=short_day(date.fromisoformat(told))) if told else ""

    return sentence


def _open(partner: Partner, actor: Actor) -> Any:
    until = timezone.localdate() + SOON
    return Document.objects.visible_to(actor, VIEW).filter(partner=partner).to_bring(until)


def _waiting(partner: Partner, actor: Actor) -> Any:
    return Document.objects.visible_to(actor, VERIFY).filter(partner=partner).to_verify()


def _tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    found = list(checklist_of(partner, actor, VIEW))
    remember_steps(found)
    shown = [
        {
            "document": document,
            "number": "" if "number" in hidden_fields(actor, document) else document.number,
            "file": document.file if may(actor, DocumentCapability.VIEW_CONTENT, document) else None,
            "verbs": verbs_of(document, actor),
        }
        for document in found
    ]
    return {"documents": shown}


def _to_bring(actor: Actor, at: datetime) -> Any:
    """What the partner's people have to bring. The network's people see it in the list."""
    rows = Document.objects.visible_to(actor, UPLOAD).to_bring(timezone.localtime(at).date() + SOON)
    return rows.order_by("due_on", "pk")


def _bring(document: Document, at: datetime) -> TaskItem:
    day = timezone.localtime(at).date()
    left = (document.due_on - day).days
    gates = document.type.gate_words
    last = datetime.combine(document.due_on, time.max, timezone.get_current_timezone())
    return TaskItem(
        title=_what_to_bring(document, left),
        detail=document.reason or document.type.hint,
        icon="certificate",
        url=reverse("partners:upload-document", args=[document.uid]),
        verb=_("Upload"),
        due=last if left >= 0 else None,
        note=_("Blocks: {gates}").format(gates=gates) if left < 0 and gates else "",
        tone="bad" if left < 0 else "warn",
    )


def _what_to_bring(document: Document, left: int) -> str:
    what = document.type.name
    if document.state == S.EXPIRED or (document.state == S.EXPIRING and left < 0):
        return _("Your {what} has expired: upload a new one").format(what=what)
    if document.state == S.REJECTED:
        return _("Your {what} was rejected: upload another copy").format(what=what)
    if left < 0:
        return _("Your {what} is missing: upload it").format(what=what)
    if document.state == S.MISSING:
        words = ngettext("Upload your {what}: {days} day left", "Upload your {what}: {days} days left", left)
    else:
        words = ngettext(
            "Your {what} expires in {days} day: upload", "Your {what} expires in {days} days: upload", left
        )
    return words.format(what=what, days=number(left))


def _to_verify(actor: Actor, at: datetime) -> Any:
    """Copies that wait for a second person, who is never the one that uploaded them."""
    rows = Document.objects.visible_to(actor, VERIFY).to_verify().exclude(uploaded_by=actor.membership_id)
    return rows.order_by("due_on", "pk")


def _verify(row: Document, at: datetime) -> TaskItem:
    return TaskItem(
        title=_("Verify: {what} of {partner}").format(what=row.type, partner=row.partner),
        detail=row.type.gate_words,
        icon="certificate",
        url=reverse("partners:verify-document", args=[row.uid]),
        verb=_("Verify"),
        note=ago(row.uploaded_at, at) if row.uploaded_at else "",
        tone="info",
    )


TO_BRING = TaskSource(
    UPLOAD,
    _to_bring,
    ("uid", "state", "due_on", "reason", "type__name", "type__hint", "type__gates"),
    _bring,
    lambda: reverse("partners:documents"),
    unless=VERIFY,
)
TO_VERIFY = TaskSource(
    VERIFY,
    _to_verify,
    ("uid", "due_on", "uploaded_at", "type__name", "type__gates", "partner__trade_name"),
    _verify,
    lambda: f"{reverse('partners:documents')}?state={S.UPLOADED}",
)


def _complete(found: Reading, as_of: str) -> Kpi:
    """How complete the checklists are."""
    done, total = number(found.numerator), number(found.denominator)
    return Kpi(
        label=COMPLETION.title,
        value="" if found.rate is None else percent(found.rate),
        detail=_("{done} of {all} required documents · as of {as_of}").format(
            done=done, all=total, as_of=as_of
        ),
        share=None if found.rate is None else float(found.rate),
        url=reverse("partners:documents"),
    )


def _expiring(found: Reading, as_of: str) -> Kpi:
    """How many documents come near their end."""
    total = number(found.denominator)
    return Kpi(
        label=EXPIRING.title,
        value=number(found.numerator),
        detail=_("of {all} required documents · as of {as_of}").format(all=total, as_of=as_of),
        url=f"{reverse('partners:documents')}?state={S.EXPIRING}",
    )
