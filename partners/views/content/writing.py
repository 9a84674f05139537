"""Composing, editing, publishing, revising and withdrawing; the report of who has not acknowledged."""

from itertools import islice
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, NotAllowed
from dnm.web.export import MOST_ROWS, file_response
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.steps import Call, StepFormView
from partners.domain.content.audience import members_addressed, not_acknowledged, readers
from partners.domain.content.publishing import (
    create_publication,
    edit_publication,
    kinds_for,
    newest_version,
    publish_publication,
    publishers,
    revise_publication,
    withdraw_publication,
)
from partners.forms import ReasonForm
from partners.forms.content import PublicationForm, RevisionForm, values_of
from partners.models import Partner, Publication
from partners.permissions.content import ContentCapability
from partners.roles import ROLE_LABELS, Role
from partners.states.content import PublicationKind, PublicationState
from partners.views.content.reading import LISTS

MANAGE = ContentCapability.MANAGE
SHOWN = 200
VERBS: dict[str, Call] = {
    "publish": lambda row, values, actor, at: publish_publication(publication=row, actor=actor, at=at),
    "withdraw": lambda row, values, actor, at: withdraw_publication(
        publication=row, **values, actor=actor, at=at
    ),
}
DONE = {
    "publish": _("It is published. The readers are being told."),
    "withdraw": _("It is withdrawn: nobody reads it any more."),
}


class NewPublicationView(VerbFormView):
    """Write a draft in the name of the network, or of the own distributor."""

    capability = MANAGE
    title = _("Write")
    submit = _("Save the draft")
    done = _("The draft is saved. Look at it, then publish it.")

    @cached_property
    def owner(self) -> Partner:
        """In whose name: `?owner=` chooses among several."""
        found = publishers(self.actor)
        if not found:
            raise NotAllowed(_plain("The network and its distributors publish."))
        named = self.request.GET.get("owner")
        chosen = [one for one in found if named is None or one.code == named]
        if not chosen:
            raise Http404
        return chosen[0]

    def get_form(self) -> Any:
        kinds = kinds_for(self.owner)
        initial = {"kind": self.request.GET.get("kind", kinds[0])}
        return PublicationForm(
            **self.form_arguments(), actor=self.actor, owner=self.owner, kinds=kinds, initial=initial
        )

    def get_context_data(self) -> dict[str, Any]:
        return {"crumbs": [LISTS[PublicationKind.NEWS]], "cancel": LISTS[PublicationKind.NEWS][1]}

    def perform(self, values: dict[str, Any]) -> str:
        kind, body, file = (values.pop(name) for name in ("kind", "body", "file"))
        row = create_publication(
            owner=self.owner, kind=kind, values=values, body=body, file=file, actor=self.actor, at=self.at
        )
        return row.get_absolute_url()


class _PublicationForm(VerbFormView, ScopedObjectView):
    """A form about one publication in sight, for who manages it."""

    model = Publication
    capability = ContentCapability.VIEW

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "for_territory")

    @cached_property
    def record(self) -> Publication:
        found: Publication = self.get_object()
        authorise(self.actor, MANAGE, found)
        return found

    def get_context_data(self) -> dict[str, Any]:
        record = self.record
        url = record.get_absolute_url()
        return {"crumbs": [LISTS[PublicationKind(record.kind)], (record.title, url)], "cancel": url}


class EditPublicationView(_PublicationForm):
    """Change a draft."""

    title = _("Edit the draft")
    submit = _("Save the draft")
    done = _("The draft is saved.")

    def get_form(self) -> Any:
        """The draft as it stands; its kind stays."""
        if self.record.state != PublicationState.DRAFT:
            raise Conflict(_plain("It is published: write a new version."), code="not-a-draft")
        form = PublicationForm(
            **self.form_arguments(),
            actor=self.actor,
            owner=self.record.partner,
            kinds=[PublicationKind(self.record.kind)],
            initial=values_of(self.record, newest_version(self.record).body, self.actor),
        )
        del form.fields["kind"]
        return form

    def perform(self, values: dict[str, Any]) -> str:
        body, file = values.pop("body"), values.pop("file")
        edit_publication(
            publication=self.record, values=values, body=body, file=file, actor=self.actor, at=self.at
        )
        return self.record.get_absolute_url()


class ReviseView(_PublicationForm):
    """Publish the next version."""

    title = _("New version")
    submit = _("Publish the new version")
    done = _("The new version is published. The readers are being told.")

    def get_form(self) -> Any:
        if self.record.state != PublicationState.PUBLISHED:
            raise Conflict(_plain("Only what is published gets a new version."), code="not-published")
        return RevisionForm(
            **self.form_arguments(), initial={"body": newest_version(self.record).body, "is_anew": True}
        )

    def perform(self, values: dict[str, Any]) -> str:
        revise_publication(publication=self.record, **values, actor=self.actor, at=self.at)
        return self.record.get_absolute_url()


class PublicationVerbView(_PublicationForm, StepFormView):
    """Publish a draft, or take back what is out."""

    verbs = VERBS

    @property
    def title(self) -> Any:  # type: ignore[override]
        return f"{self.transition.label}: {self.record}"

    @property
    def done(self) -> Any:  # type: ignore[override]
        return DONE[self.kwargs["verb"]]

    def get_form(self) -> Any:
        """A word where the step needs one, for who may take it."""
        kind: Any = ReasonForm if self.record and self.transition.needs else forms.Form
        return kind(**self.form_arguments())

    def perform(self, values: dict[str, Any]) -> str:
        self.take(self.record, values)
        return self.record.get_absolute_url()


class ReadersView(ScopedObjectView):
    """Who has not acknowledged it, by partner; `?all=1` shows who has as well, `?export=csv` is a file."""

    model = Publication
    capability = ContentCapability.VIEW

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "for_territory")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record: Publication = self.get_object()
        authorise(self.actor, MANAGE, record)
        if record.state == PublicationState.DRAFT:
            raise Conflict(_plain("Nobody reads a draft."), code="not-published")
        everybody = request.GET.get("all") == "1"
        found = readers(record, self.actor, self.at, missing_only=not everybody)
        kind = request.GET.get("export")
        if kind in ("csv", "xlsx"):
            return _file(kind, record, found)
        rows = list(islice(found, SHOWN))
        members = members_addressed(record, self.at)
        total, missing = members.count(), not_acknowledged(members, record).count()
        context = {
            "title": _plain("Who has not acknowledged"),
            "crumbs": [LISTS[PublicationKind(record.kind)], (record.title, record.get_absolute_url())],
            "record": record,
            "everybody": everybody,
            "readers": [{"reader": one, "role": _role(one.role)} for one in rows],
            "is_cut": len(rows) == SHOWN,
            "missing": missing,
            "acknowledged": total - missing,
            "total": total,
            "share": (total - missing) / total if total else None,
        }
        return render(request, "partners/content/readers.html", context)


def _role(role: str) -> Any:
    return ROLE_LABELS[Role(role)]


def _file(kind: str, record: Publication, found: Any) -> HttpResponse:
    header = [_plain("Partner"), _plain("Code"), _plain("Person"), _plain("E-mail"), _plain("Role")]
    header += [_plain("Acknowledged")]
    lines = []
    for one in found:
        person = one.member.user
        cells = [one.place.trade_name, one.place.code, person.name, person.email, _role(one.role)]
        lines.append([*map(str, cells), one.acknowledged_at])
        if len(lines) > MOST_ROWS:
            raise Conflict(_plain("A file holds at most 10,000 rows."), code="too-many-rows")
    return file_response(kind, "readers", header, lines)
