"""The audit: one page over everything that somebody did, and the same as a file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from dnm.accounts.requests import PortalRequest
from dnm.scoping.errors import Invalid
from dnm.scoping.permissions import OversightCapability
from dnm.web.export import CONTENT_TYPES, file_response
from dnm.web.views.base import ActorView
from partners.domain.audit import AuditPage, audit_page, take_audit_file
from partners.forms.audit import AuditForm


class AuditView(ActorView):
    """Who did what when, before and after."""

    capability = OversightCapability.AUDIT

    def get(self, request: PortalRequest) -> HttpResponse:
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            raise Invalid(_("Null characters are not allowed."))
        form = AuditForm(request.GET, actor=self.actor)
        kind = request.GET.get("export", "")
        if kind in CONTENT_TYPES:
            return self._file(kind, form)
        found = self._found(form)
        query = request.GET.copy()
        query.pop("cursor", None)
        context = {
            "title": _("Audit"),
            "form": form,
            "is_filtered": form.is_valid() and any(form.cleaned_data.values()),
            "entries": found.entries,
            "older": _with(query, cursor=found.older) if found.older else "",
            "newest": _with(query) if request.GET.get("cursor") else "",
            "exports": [(name.upper(), _with(query, export=name)) for name in CONTENT_TYPES],
        }
        return render(request, "partners/audit.html", context)

    def _found(self, form: AuditForm) -> AuditPage:
        if not form.is_valid():
            return AuditPage([], None)
        try:
            return audit_page(actor=self.actor, asked=form.asked(), cursor=self.request.GET.get("cursor"))
        except Invalid:
            return audit_page(actor=self.actor, asked=form.asked())

    def _file(self, kind: str, form: AuditForm) -> HttpResponse:
        if not form.is_valid():
            raise Invalid(" ".join(str(text) for texts in form.errors.values() for text in texts))
        header, rows = take_audit_file(format=kind, asked=form.asked(), actor=self.actor, at=self.at)
        return file_response(kind, "audit", header, rows)


def _with(query: Any, **values: str) -> str:
    copy = query.copy()
    for name, value in values.items():
        copy[name] = value
    return f"?{copy.urlencode()}"
