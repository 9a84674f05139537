"""Demo mode: the list of logins at the bare host, and the link that lets one in. Elsewhere both are 404."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dnm.accounts.middleware import require_network
from dnm.accounts.requests import PortalRequest
from dnm.accounts.sessions import begin_session
from dnm.web import demo
from dnm.web.errors import error_page
from dnm.web.identity import role_name


@require_GET
@never_cache
def login_list(request: PortalRequest) -> HttpResponse:
    """Every demo login, one click each. The links are made for this page view."""
    if not settings.DNM_DEMO:
        raise Http404
    port = request.get_port()
    networks = [
        {
            **network,
            "logins": [
                {
                    **person,
                    "role_names": ", ".join(role_name(role) for role in person.get("roles", [])),
                    "url": _link(request, network["slug"], port, person["email"]),
                }
                for person in network["logins"]
            ],
        }
        for network in demo.logins()
    ]
    return render(request, "web/demo.html", {"networks": networks})


@require_GET
@never_cache
def login_once(request: PortalRequest, token: str) -> HttpResponse:
    """Log in by a link from the list. A link works once and for ten minutes."""
    if not settings.DNM_DEMO:
        raise Http404
    network = require_network(request)
    user = demo.take_token(token, network.slug)
    if user is None:
        message = _("This link has been used or is too old. Load the list of logins again.")
        return error_page(request, "errors/403.html", 403, message=message)
    begin_session(request, user, method="demo")
    return HttpResponseRedirect("/")


def _link(request: PortalRequest, slug: str, port: str, email: str) -> str:
    shown = "" if port in {"80", "443"} else f":{port}"
    token = demo.make_token(email, slug)
    return f"{request.scheme}://{slug}.{settings.BASE_DOMAIN}{shown}/demo-login/{token}/"
