"""What the frame itself needs: home, search, appearance, the network's colours and icon, other networks."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dnm.accounts.middleware import require_network
from dnm.accounts.requests import PortalRequest
from dnm.web.context import SCHEME_COOKIE, SCHEMES
from dnm.web.home import kpis_for, tasks_for
from dnm.web.search import SHORTEST, actions_for, search_all
from dnm.web.theme import stylesheet, tones
from dnm.web.views.base import ActorView

A_YEAR = 31_536_000
IN_DROPDOWN, ON_PAGE = 5, 20


class HomeView(ActorView):
    """What needs this person now, then a few figures."""

    def get(self, request: PortalRequest) -> HttpResponse:
        tasks = tasks_for(self.actor, self.at)
        request.counted = dict(tasks.by_group)
        title = (
            ngettext("%(count)s thing needs you", "%(count)s things need you", tasks.total)
            % {"count": tasks.total}
            if tasks.total
            else _("Nothing needs you right now")
        )
        action = next((one for one in actions_for(self.actor) if one.primary), None)
        context = {
            "title": title,
            "tasks": tasks,
            "kpis": kpis_for(self.actor, self.at),
            "action": action,
            "action_url": action.url() if action else "",
            "at": self.at,
        }
        return render(request, "web/home.html", context)


class SearchView(ActorView):
    """Results of the search box: a region under the box, or a page."""

    def get(self, request: PortalRequest) -> HttpResponse:
        words = request.GET.get("q", "")
        groups = search_all(self.actor, words, limit=IN_DROPDOWN if request.htmx else ON_PAGE)
        context = {
            "words": words,
            "groups": groups,
            "count": sum(len(group.hits) for group in groups),
            "is_short": len(words.strip()) < SHORTEST,
        }
        response = render(request, f"web/search.html{'#results' if request.htmx else ''}", context)
        response["Vary"] = "HX-Request, Cookie"
        return response


@require_GET
def theme(request: PortalRequest) -> HttpResponse:
    """The network's colours. Kept by browsers for a year: another colour has another address."""
    network = require_network(request)
    response = HttpResponse(stylesheet(network.accent), content_type="text/css; charset=utf-8")
    is_current = request.GET.get("accent") == network.accent[1:]
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_current else "no-cache"
    return response


@require_GET
def icon(request: PortalRequest) -> HttpResponse:
    """The network's letter on its colour, for the browser's tab."""
    network = require_network(request)
    context = {"accent": tones(network.accent).accent, "letter": network.title[:1].upper()}
    response = render(request, "web/icon.svg", context, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={A_YEAR}"
    return response


@require_POST
def appearance(request: PortalRequest) -> HttpResponse:
    """Light, dark or as the system has it: kept with the person, and in a cookie for pages before the
    login.
    """
    chosen = request.POST.get("scheme", "")
    if chosen not in SCHEMES:
        chosen = "system"
    if request.actor is not None and request.user.is_authenticated:
        request.user.colour_scheme = chosen
        request.user.save(update_fields=["colour_scheme"])
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        SCHEME_COOKIE,
        chosen,
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response
