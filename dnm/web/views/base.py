"""What every page behind the login has in common."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from dnm.accounts.actors import Actor
from dnm.accounts.requests import PortalRequest
from dnm.scoping.authority import may
from dnm.web.errors import error_page, missing_capability


class ActorView(View):
    """A page for members of this network, and, with `capability`, for those who hold it somewhere.

    Strangers are sent to the login; a person who is logged in without a membership here is told so.
    """

    capability: str = ""
    request: PortalRequest
    actor: Actor
    at: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = cast(PortalRequest, request)
        if asked.actor is None:
            return _private(turned_away(asked))
        self.actor = asked.actor
        self.at = timezone.now()
        if self.capability and not may(self.actor, self.capability):
            raise missing_capability(self.capability)
        return _private(super().dispatch(request, *args, **kwargs))


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """What one person saw stays in no cache, not even the browser's, unless the view says otherwise."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def turned_away(request: PortalRequest) -> HttpResponse:
    """To the login, or the page that says that the person is no member here."""
    if request.waiting is not None:
        return to_second_factor(request)
    if request.user.is_authenticated:
        return error_page(request, "errors/no_membership.html", 403)
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path())


def to_second_factor(request: PortalRequest) -> HttpResponse:
    """To the page where the second factor is given or set up: the only one open until then."""
    url = reverse("security")
    if getattr(request, "htmx", False):
        return HttpResponse(status=403, headers={"HX-Redirect": url})
    return HttpResponse(status=302, headers={"Location": url})
