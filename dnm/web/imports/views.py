"""Pages of an import. What happens is in `dnm.imports.domain`."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from dnm.accounts.requests import PortalRequest
from dnm.imports.declaring import importer_named, importers
from dnm.imports.domain.mapping import map_columns
from dnm.imports.domain.reports import template
from dnm.imports.domain.steps import start_check
from dnm.imports.domain.uploads import same_file_before, upload_file
from dnm.imports.models import ImportRun
from dnm.imports.permissions import ImportCapability
from dnm.imports.reading.table import Note
from dnm.imports.states import RunState
from dnm.jobs.models import Job
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Invalid
from dnm.web.imports.forms import ColumnsForm, ReadingForm, UploadForm
from dnm.web.imports.lists import ImportFilters, ImportTable
from dnm.web.imports.progress import AtWork, at_work, steps_of, title_of
from dnm.web.imports.rows import rows_page
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView, show_error
from dnm.web.views.lists import Empty, ScopedListView

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAPPABLE = (RunState.UPLOADED, RunState.MAPPED, RunState.CHECKED)


class ImportList(ScopedListView):
    """Imports in sight, newest first."""

    model = ImportRun
    capability = ImportCapability.USE
    table_class = ImportTable
    filterset_class = ImportFilters
    quick: ClassVar[str] = "state"
    title: ClassVar[Any] = _("Imports")
    file_name: ClassVar[str] = "imports"
    template_name: ClassVar[str] = "imports/list.html"
    empty: ClassVar[Empty] = Empty(
        _("Nothing has been imported yet"),
        _("Bring in partners from a spreadsheet: nothing changes before you have seen a preview."),
        _("New import"),
        "imports:new",
    )

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("membership__user")


class NewImport(VerbFormView):
    """Upload a file."""

    capability = ImportCapability.USE
    form_class = UploadForm
    template_name: ClassVar[str] = "imports/new.html"
    title: ClassVar[Any] = _("New import")
    submit: ClassVar[Any] = _("Upload")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "actor": self.actor}

    def perform(self, values: dict[str, Any]) -> str:
        run = upload_file(importer=values["importer"], file=values["file"], actor=self.actor, at=self.at)
        return reverse("imports:columns", args=[run.uid])

    def get_context_data(self) -> dict[str, Any]:
        usable = [importer for importer in importers() if may(self.actor, importer.capability)]
        return {"importers": usable, "steps": steps_of(None), "crumbs": crumbs(_("New import"))}


class Template(ActorView):
    """An empty workbook with the importer's columns."""

    capability = ImportCapability.USE

    def get(self, request: PortalRequest, importer: str) -> HttpResponse:
        try:
            declared = importer_named(importer)
        except KeyError as unknown:
            raise Http404 from unknown
        authorise(self.actor, declared.capability)
        return attachment(template(declared), XLSX, f"{declared.name}.xlsx")


class Columns(ScopedObjectView):
    """Which column of the file is which, what its words mean, and how the file was read."""

    model = ImportRun
    capability = ImportCapability.USE

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object()
        if run.state not in MAPPABLE:
            return HttpResponseRedirect(run.get_absolute_url())
        return self._page(run, ColumnsForm(run=run))

    def post(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object()
        form = ColumnsForm(request.POST, run=run)
        if form.asks_again:
            return self._page(run, form, asks_again=True)
        if not form.is_valid():
            return self._page(run, form, status=422)
        try:
            with transaction.atomic():
                self._map(run, form)
        except Invalid as error:
            show_error(form, error)
            return self._page(run, form, status=422)
        return HttpResponseRedirect(run.get_absolute_url())

    def _map(self, run: ImportRun, form: ColumnsForm) -> None:
        run = map_columns(
            run=run,
            mapping=form.chosen(),
            words=form.words(),
            options=form.options(),
            actor=self.actor,
            at=self.at,
        )
        start_check(run=run, actor=self.actor, at=self.at)

    def _page(
        self, run: ImportRun, form: ColumnsForm, *, status: int = 200, asks_again: bool = False
    ) -> HttpResponse:
        context = {
            "title": _("Which column is which?"),
            "crumbs": crumbs(run.file_name),
            "run": run,
            "steps": steps_of(run),
            "form": form,
            "asks_again": asks_again,
            "notes": [Note(**note) for note in run.profile["notes"]],
            "reading": ReadingForm(run=run),
            "before": same_file_before(run, self.actor),
        }
        return render(self.request, "imports/columns.html", context, status=status)


class ImportDetail(ScopedObjectView):
    """Where the import stands: at work, preview, or report."""

    model = ImportRun
    capability = ImportCapability.USE

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("job", "membership__user")

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object()
        work = at_work(run)
        if request.htmx and request.htmx.target == "import-progress":
            return self._progress(run, work)
        if run.state == RunState.UPLOADED:
            return HttpResponseRedirect(reverse("imports:columns", args=[run.uid]))
        context = {
            "title": title_of(run),
            "crumbs": crumbs(run.file_name),
            "run": run,
            "job": run.job,
            "work": work,
            "steps": steps_of(run),
            "follow_ups": Job.objects.visible_to(self.actor).filter(uid__in=run.follow_ups).order_by("pk"),
            **rows_page(run, request),
        }
        response = render(request, "imports/detail.html", context)
        response["Vary"] = "HX-Request, HX-Target, Cookie"
        return response

    def _progress(self, run: ImportRun, work: AtWork) -> HttpResponse:
        """The bar alone, while the job is at work; the whole page again when it has ended."""
        if not work.is_live:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(
            self.request, "imports/detail.html#progress", {"run": run, "job": run.job, "work": work}
        )


class ErrorsFile(ScopedObjectView):
    """The file of bad rows, for those who may see the import."""

    model = ImportRun
    capability = ImportCapability.USE

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.get_object()
        if not run.errors_file.name:
            raise Http404
        with run.errors_file.open("rb") as file:
            content = file.read()
        is_csv = run.errors_file.name.endswith(".csv")
        name = f"{run.file_name.rpartition('.')[0] or run.file_name}-bad-rows.{'csv' if is_csv else 'xlsx'}"
        return attachment(content, "text/csv; charset=utf-8" if is_csv else XLSX, name)


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file that is never shown in the portal's own origin."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def crumbs(here: Any) -> list[tuple[Any, str]]:
    return [(_("Imports"), reverse("imports:list")), (here, "")]
