"""Two small middlewares of the pages: how this reader likes things written, and errors as pages."""

from collections.abc import Callable

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from dnm.accounts.languages import spoken
from dnm.accounts.requests import PortalRequest
from dnm.scoping.errors import DomainError
from dnm.web.errors import database_page, page_for
from dnm.web.formats import blended, formats_of

GetResponse = Callable[[PortalRequest], HttpResponseBase]


class PreferencesMiddleware:
    """Language of the person (else of the browser), time zone and number formats of the network."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", "") if request.actor else ""
        if chosen:
            translation.activate(spoken(chosen))
            request.LANGUAGE_CODE = translation.get_language()
        network = request.network
        if network is None:
            return self.get_response(request)
        locale = blended(translation.get_language() or network.language, network.locale)
        with timezone.override(network.zone), formats_of(locale):
            return self.get_response(request)


class ErrorPagesMiddleware:
    """Turns what verbs raise into pages (see `dnm.web.errors`). Everything else goes Django's way."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: PortalRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return page_for(request, exception)
        return database_page(request, exception)
