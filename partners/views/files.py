"""Files: the one way in by page, and the one way out for every content."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.tabs import Tab, register_tab
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import TransitionView, VerbFormView
from partners.domain.files import add_file, reader_by_link, remove_file, why_not_remove
from partners.forms.files import FileForm
from partners.models import Partner, StoredFile
from partners.permissions.files import FileCapability

log = structlog.get_logger(__name__)


class FileView(ScopedObjectView):
    """The content of a file, for who may see the row that it is about; the only door that contents go
    through.

    Always a download, never guessed at, never kept in a cache. A signed link stands for a session and asks
    the same question. Out of sight, removed, on another network, not there: the same 404.
    """

    model = StoredFile

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = request.GET.get("link")
        if link is None:
            return super().dispatch(request, *args, **kwargs)
        reader = reader_by_link(link, uid=kwargs["uid"], at=timezone.now())
        if reader is None or request.method not in ("GET", "HEAD"):
            raise Http404
        self.actor = reader
        return self.get(request)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return content_response(self.get_object())


def content_response(file: StoredFile) -> HttpResponse:
    """The content as a download that no browser opens in the portal's own page."""
    try:
        with file.content.open("rb") as content:
            body = content.read()
    except FileNotFoundError:
        log.error("the content of a file is missing", file=str(file.uid))
        raise Http404 from None
    return HttpResponse(
        body,
        content_type=file.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


class AddFileView(VerbFormView, ScopedObjectView):
    """Lay a file down with a partner."""

    model = Partner
    capability = FileCapability.ADD
    form_class = FileForm
    title = _("Add a file")
    submit = _("Add")
    done = _("The file is added.")

    @cached_property
    def record(self) -> Partner:
        return self.get_object()  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        internal = may(self.actor, FileCapability.VIEW_INTERNAL, self.record)
        return {**super().form_arguments(), "may_be_internal": internal}

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [(self.record.trade_name, url)], "cancel": files_of(self.record)}

    def perform(self, values: dict[str, Any]) -> str:
        add_file(partner=self.record, **values, actor=self.actor, at=self.at)
        return files_of(self.record)


class RemoveFileView(TransitionView):
    """Take a file of a partner away."""

    model = StoredFile
    done = _("The file is removed.")

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner")

    def perform(self, record: StoredFile) -> None:
        remove_file(file=record, actor=self.actor, at=self.at)

    def get_success_url(self, record: StoredFile) -> str:
        return files_of(record.partner)


def files_of(partner: Any) -> str:
    """Where a partner's files are listed."""
    return f"{reverse('partners:detail', args=[partner.uid])}?tab=files"


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab("files", _("Files"), FileCapability.VIEW, "partners/tabs/files.html", _tab, 80, _files),
    )


def _files(partner: Partner, actor: Actor) -> Any:
    return StoredFile.objects.visible_to(actor).about(partner)


def _tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    files = _files(partner, actor).select_related("uploaded_by__user")
    shown = [{"file": file, "can_remove": not why_not_remove(file, partner, actor)} for file in files]
    internal = may(actor, FileCapability.VIEW_INTERNAL, partner)
    form = FileForm(may_be_internal=internal) if may(actor, FileCapability.ADD, partner) else None
    return {"files": shown, "file_form": form}
