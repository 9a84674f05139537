"""Buttons of an import: each is one verb."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.imports.domain.ending import cancel_import, repeat_import
from dnm.imports.domain.steps import start_check, start_import
from dnm.imports.domain.uploads import read_again
from dnm.imports.models import ImportRun
from dnm.imports.permissions import ImportCapability
from dnm.scoping.errors import Invalid
from dnm.web.imports.forms import ReadingForm
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import TransitionView


class ImportVerb(TransitionView):
    """POST only; back to the import's page."""

    model = ImportRun
    capability = ImportCapability.USE


class Check(ImportVerb):
    def perform(self, record: ImportRun) -> Any:
        return start_check(run=record, actor=self.actor, at=self.at)


class Start(ImportVerb):
    def perform(self, record: ImportRun) -> Any:
        return start_import(run=record, actor=self.actor, at=self.at)


class Cancel(ImportVerb):
    done: ClassVar[Any] = _("The import is being cancelled. What has been applied stays.")

    def perform(self, record: ImportRun) -> Any:
        return cancel_import(run=record, actor=self.actor, at=self.at)


class Repeat(ImportVerb):
    def perform(self, record: ImportRun) -> Any:
        return repeat_import(run=record, actor=self.actor, at=self.at)


class ReadAgain(ScopedObjectView):
    """Read the file with other choices, then back to the columns."""

    model = ImportRun
    capability = ImportCapability.USE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object()
        form = ReadingForm(request.POST, run=run)
        if not form.is_valid():
            raise Invalid(fields={name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
        read_again(run=run, choices=form.changed_choices(), actor=self.actor, at=self.at)
        return HttpResponseRedirect(reverse("imports:columns", args=[run.uid]))
