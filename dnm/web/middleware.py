"""Small middlewares of the pages: how this reader likes things written, whose login it is, errors."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dnm.accounts.languages import spoken
from dnm.accounts.policies import METHOD
from dnm.accounts.requests import PortalRequest
from dnm.scoping.errors import DomainError
from dnm.web.errors import database_page, error_page, page_for
from dnm.web.formats import blended, formats_of
from dnm.web.views.base import to_second_factor

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


OWN_LOGIN = ("mfa_", "account_change_", "account_set_", "account_email", "account_reauth", "socialaccount_")
"""Names of allauth's pages that change a login."""
WITHOUT_FACTOR = ("mfa_", "account_reauth", "account_logout")
"""Those that are open to a member who owes a second factor, to give it or to set it up."""


class OwnLoginMiddleware:
    """Keeps allauth's pages shut where the network's rules ask for it.

    A session that a network's identity provider began cannot change the person's login: otherwise whoever
    runs the provider could take the login over, and with it the person's other networks. A member who owes a
    second factor gets no further than to the pages that give it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: PortalRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        name = (match.url_name or "") if match and not match.namespaces else ""
        is_allauths = name.startswith(("mfa_", "account_", "socialaccount_", "usersessions_"))
        if not is_allauths or request.network is None or not request.user.is_authenticated:
            return None
        if request.session.get(METHOD) == "oidc" and name.startswith(OWN_LOGIN):
            if name == "mfa_reauthenticate":
                return None
            message = _("You came by the network's identity provider. It cannot change your login.")
            return error_page(request, "errors/403.html", 403, message=message)
        if request.waiting is not None and not name.startswith(WITHOUT_FACTOR):
            return to_second_factor(request)
        return None


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
