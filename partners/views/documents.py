"""Compliance documents: the network's list, one document, bringing and judging one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise, may
from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView, ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from dnm.workflow.duties import OwnStep, own_step
from dnm.workflow.flows import available
from partners.domain.documents import reject_document, revoke_document, upload_document, verify_document
from partners.filters.documents import DocumentFilters
from partners.forms import ReasonForm
from partners.forms.documents import UploadForm, VerifyForm
from partners.models import Document, StoredFile
from partners.permissions.documents import DocumentCapability
from partners.states.documents import DOCUMENT_FLOW, TO_BRING, DocumentState
from partners.tables.documents import DocumentTable

CRUMBS = [(_("Documents"), "/documents/")]
S = DocumentState


class DocumentListView(ScopedListView):
    """What is missing, waits, expires and has expired, over all partners in sight."""

    model = Document
    capability = DocumentCapability.VIEW
    table_class = DocumentTable
    filterset_class = DocumentFilters
    orders: ClassVar[Mapping[str, Order]] = {
        "due": Order(_("Due first"), ("due_on", "id")),
        "due-down": Order(_("Due last"), ("-due_on", "-id")),
    }
    quick = "state"
    title = _("Documents")
    file_name = "documents"
    empty = Empty(_("No documents yet"), _("They are asked for as soon as the network says which it wants."))

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("type", "partner", "territory")


class DocumentDetailView(ScopedDetailView):
    """One document: what stands on it, its copies, what may be done, what happened."""

    model = Document
    capability = DocumentCapability.VIEW
    template_name = "partners/document.html"

    def with_related(self, rows: Any) -> Any:
        people = ("uploaded_by__user", "decided_by__user")
        return rows.select_related("type", "partner", "territory", "file", *people)

    def get_context_data(self, record: Document) -> dict[str, Any]:
        return {
            "title": f"{record.type}: {record.partner}",
            "crumbs": [*CRUMBS, (record.partner.trade_name, documents_of(record.partner))],
            "facts": _facts(record, self.actor),
            "verbs": verbs_of(record, self.actor),
            "copies": StoredFile.objects.visible_to(self.actor).about(record),
            "is_hidden": not may(self.actor, DocumentCapability.VIEW_CONTENT, record),
            "lines": lines_about(
                record,
                everything=may(self.actor, DocumentCapability.VERIFY, record),
                request=self.request,
            ),
        }


class _DocumentForm(VerbFormView, ScopedObjectView):
    """A form about one document in sight, for who may take the step."""

    model = Document
    capability = DocumentCapability.VIEW
    template_name = "partners/document_form.html"
    step: ClassVar[str] = ""

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("type", "partner", "file")

    @cached_property
    def record(self) -> Document:
        return self.get_object()  # type: ignore[no-any-return]

    @property
    def transition(self) -> Any:
        return DOCUMENT_FLOW[self.step]

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.transition.label

    @property
    def title(self) -> Any:  # type: ignore[override]
        return f"{self.transition.label}: {self.record.type}"

    def get_form(self) -> Any:
        """The form, for who may take the step, and never for who took the one before."""
        authorise(self.actor, self.transition.capability, self.record)
        if own := own_step(self.record, self.transition.distinct_from, self.actor):
            raise OwnStep(own)
        return super().get_form()

    def get_context_data(self) -> dict[str, Any]:
        partner = self.record.partner
        return {
            "record": self.record,
            "crumbs": [*CRUMBS, (partner.trade_name, documents_of(partner))],
            "cancel": self.record.get_absolute_url(),
        }


class UploadDocumentView(_DocumentForm):
    """Bring a copy: on a phone the camera is one of the choices."""

    form_class = UploadForm
    step = "upload"
    done = _("The document is uploaded and waits for a second person.")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "document": self.record}

    def perform(self, values: dict[str, Any]) -> str:
        upload_document(document=self.record, **values, actor=self.actor, at=self.at)
        return documents_of(self.record.partner)


class VerifyDocumentView(_DocumentForm):
    """Find a copy right."""

    form_class = VerifyForm
    step = "verify"
    done = _("The document is verified.")

    def form_arguments(self) -> dict[str, Any]:
        initial = {"expires_on": self.record.expires_on}
        return {**super().form_arguments(), "document": self.record, "initial": initial}

    def perform(self, values: dict[str, Any]) -> str:
        verify_document(document=self.record, **values, actor=self.actor, at=self.at)
        return self.record.get_absolute_url()


class ReasonedDocumentView(_DocumentForm):
    """Find a copy wrong, or take a verification back: with the reason."""

    form_class: type[forms.BaseForm] = ReasonForm
    verbs: ClassVar[Mapping[str, Any]] = {"reject": reject_document, "revoke": revoke_document}

    @property
    def step(self) -> str:  # type: ignore[override]
        return str(self.kwargs["step"])

    def perform(self, values: dict[str, Any]) -> str:
        verb = self.verbs[self.step]
        verb(document=self.record, reason=values["reason"], actor=self.actor, at=self.at)
        return self.record.get_absolute_url()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.kwargs["step"] not in self.verbs:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def verbs_of(record: Document, actor: Actor) -> list[dict[str, Any]]:
    """The steps that the actor may take now, as buttons; the sentence where one stands in the way."""
    return [
        {
            "id": f"{offered.transition.name}-{record.uid}",
            "label": offered.transition.label,
            "why_not": offered.why_not,
            "url": _address(record, offered.transition.name),
            "tone": "primary" if offered.transition.name in _main(record) else "",
        }
        for offered in available(record, actor)
    ]


def _main(record: Document) -> tuple[str, ...]:
    """The step that is due; none while all is in order."""
    if record.state == S.UPLOADED:
        return ("verify",)
    return ("upload",) if record.state in TO_BRING else ()


def _address(record: Document, step: str) -> str:
    if step in ("upload", "verify"):
        return reverse(f"partners:{step}-document", args=[record.uid])
    return reverse("partners:judge-document", args=[record.uid, step])


def documents_of(partner: Any) -> str:
    """Where a partner's documents are listed."""
    return f"{reverse('partners:detail', args=[partner.uid])}?tab=documents"


def _facts(record: Document, actor: Actor) -> list[tuple[Any, Any]]:
    number = HIDDEN if "number" in hidden_fields(actor, record) else record.number
    brought = record.uploaded_by.user if record.uploaded_by else None
    decided = record.decided_by.user if record.decided_by else None
    facts = [
        (_("Partner"), record.partner),
        (_("Number"), number),
        (_("Issued"), record.issued_on),
        (_("Valid until"), record.expires_on),
        (_("Needed by"), record.required_from),
        (_("Blocks"), record.type.gate_words if record.type.is_required else ""),
        (_("Uploaded by"), brought),
        (_("Decided by"), decided),
    ]
    return [*facts, (_("Reason"), record.reason)] if record.reason else facts
