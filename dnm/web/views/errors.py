"""Django's error handlers."""

from pathlib import Path

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from dnm.accounts.requests import PortalRequest
from dnm.web.errors import error_page

log = structlog.get_logger(__name__)
FALLBACK = Path(settings.BASE_DIR) / "static" / "unavailable.html"


def bad_request(request: PortalRequest, exception: Exception) -> HttpResponse:
    return error_page(request, "errors/400.html", 400)


def forbidden(request: PortalRequest, exception: Exception) -> HttpResponse:
    return error_page(request, "errors/403.html", 403, message=str(exception))


def not_found(request: PortalRequest, exception: Exception) -> HttpResponse:
    """The same bytes for what does not exist and for what is somebody else's: the exception says nothing
    here.
    """
    return error_page(request, "errors/404.html", 404)


def csrf_failure(request: PortalRequest, reason: str = "") -> HttpResponse:
    """The form's token did not fit: the page was open across a login, or cookies are off."""
    message = _(
        "This page had been open for too long, or cookies are switched off. Load it again and repeat."
    )
    return error_page(request, "errors/403.html", 403, message=message)


def server_error(request: PortalRequest) -> HttpResponse:
    """Something is broken. Asks the database nothing, because that may be what is broken."""
    try:
        return error_page(request, "errors/500.html", 500, request_id=getattr(request, "id", ""))
    except Exception:
        log.exception("the error page itself failed")
        return HttpResponse(FALLBACK.read_text(), status=500)
