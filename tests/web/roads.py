"""Addresses of the tests only: numbers, money and moments as a page of the portal writes them."""

from datetime import UTC, datetime
from decimal import Decimal

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from dnm.urls import urlpatterns as portal
from dnm.web import formats

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def written(request: HttpRequest) -> JsonResponse:
    """Written with what the middleware has chosen for this reader."""
    network = request.network  # type: ignore[attr-defined]
    return JsonResponse(
        {
            "money": formats.money(Decimal("1234567.5"), network.currency),
            "number": formats.number(Decimal("1234567.5"), 1),
            "percent": formats.percent(Decimal("0.125"), 1),
            "distance": formats.kilometres(4.1),
            "language": formats.language_of_reader(),
            "word": _("Log in first."),
        }
    )


urlpatterns = [path("written/", written), *portal]
