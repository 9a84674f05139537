"""Addresses of the tests only: views in the ways in which a careless one reads or writes the database."""

from typing import Any

from django.contrib import admin
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from dnm.scoping.errors import Conflict
from dnm.urls import urlpatterns as portal
from partners.models import Partner

NAMES = "{% for partner in partners %}{{ partner.trade_name }};{% endfor %}"


def lazy(request: HttpRequest) -> HttpResponse:
    """Hands a queryset that nobody has run yet to a template that is rendered after the view."""
    template: Any = engines["django"].from_string(NAMES)
    return TemplateResponse(request, template, {"partners": Partner.objects.order_by("pk")})


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    """A body that is read from the database when the transaction is over."""
    return StreamingHttpResponse(partner.trade_name for partner in Partner.objects.all())


def file(request: HttpRequest) -> FileResponse:
    """A body that is streamed from a file, which is harmless."""
    return FileResponse([b"part one, ", b"part two"], content_type="text/plain")


def settings(request: HttpRequest) -> HttpResponse:
    """What PostgreSQL knows during the request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.network')")
        user, network = cursor.fetchone()
    return HttpResponse(f"{user} {network} {connection.in_atomic_block}", content_type="text/plain")


def writes(request: HttpRequest, status: int) -> HttpResponse:
    """Writes, and then answers with this status."""
    Partner.objects.filter(code="dealer_a").update(address=f"status {status}")
    return HttpResponse(status=status)


def raises(request: HttpRequest) -> HttpResponse:
    """Writes, and then breaks."""
    Partner.objects.filter(code="dealer_a").update(address="raised")
    raise ZeroDivisionError


def breaks_in_the_template(request: HttpRequest) -> HttpResponse:
    """Writes, and then breaks when the template is rendered."""
    Partner.objects.filter(code="dealer_a").update(address="rendered")

    def broken() -> Any:
        raise ZeroDivisionError

    template: Any = engines["django"].from_string("{{ broken }}")
    return TemplateResponse(request, template, {"broken": broken})


def refuses(request: HttpRequest) -> HttpResponse:
    """What a verb that refuses looks like to the frame."""
    raise Conflict("no")


class OpenSite(admin.AdminSite):
    """Django's own list of rows, without its log-in."""

    def has_permission(self, request: HttpRequest) -> bool:
        return True


class PlainAdmin(admin.ModelAdmin):
    """As a newcomer would write it: no queryset of its own."""

    list_display = ["trade_name", "territory"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True


site = OpenSite(name="plain")
site.register(Partner, PlainAdmin)

urlpatterns = [
    path("lazy/", lazy),
    path("streamed/", streamed),
    path("file/", file),
    path("settings/", settings),
    path("writes/<int:status>/", writes),
    path("raises/", raises),
    path("template/", breaks_in_the_template),
    path("refuses/", refuses),
    path("plain/", site.urls),
    *portal,
]
handler500 = "dnm.web.views.errors.server_error"
