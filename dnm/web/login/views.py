"""Pages of one's own login: security, the way to another network, and what waits in all of them."""

from typing import Any, cast

from allauth.core.ratelimit import consume_or_429
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from dnm.accounts.factors import HOST, this_host
from dnm.accounts.middleware import require_network
from dnm.accounts.policies import FACTOR, METHOD, policy_of
from dnm.accounts.requests import PortalRequest
from dnm.accounts.sessions import begin_session
from dnm.events.publishing import publish
from dnm.scoping.actors import actor_for_user
from dnm.web.errors import error_page
from dnm.web.home import tasks_for
from dnm.web.login.events import CameOver
from dnm.web.login.handing_over import (
    NoWayOver,
    make_hand_over,
    others_of,
    take_hand_over,
    waiting_elsewhere,
)
from dnm.web.login.identities import disconnect_identity, identities_of, providers_here
from dnm.web.views.base import ActorView, turned_away

SHOWN = 3
"""Things that wait in another network, shown on the page for all of them."""


@method_decorator(never_cache, name="dispatch")
class SecurityView(View):
    """What the login is secured by. Open to whoever is logged in, a member or not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = cast(PortalRequest, request)
        require_network(asked)
        if not request.user.is_authenticated:
            return turned_away(asked)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: PortalRequest) -> HttpResponse:
        user: Any = request.user
        network = require_network(request)
        rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
        passkeys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
        here = this_host()
        types = {row.type for row in rows}
        context = {
            "title": _("Sign-in and security"),
            "here": here,
            "passkeys": [row for row in passkeys if row.data.get(HOST, here) == here],
            "elsewhere": sorted({row.data[HOST] for row in passkeys if row.data.get(HOST, here) != here}),
            "has_app": Authenticator.Type.TOTP in types,
            "has_codes": Authenticator.Type.RECOVERY_CODES in types,
            "has_password": user.has_usable_password(),
            "policy": policy_of(network),
            "is_waiting": request.waiting is not None,
            "has_factor_here": any(
                row.type == Authenticator.Type.TOTP
                or (row.type == Authenticator.Type.WEBAUTHN and row.data.get(HOST, here) == here)
                for row in rows
            ),
            "is_foreign": request.session.get(METHOD) == "oidc",
            "identities": list(identities_of(user)),
            "providers": list(providers_here(request)),
        }
        return render(request, "login/security.html", context)


class DisconnectView(ActorView):
    """Undo the connection with a provider's identity."""

    http_method_names = ["post"]

    def post(self, request: PortalRequest, uid: Any) -> HttpResponse:
        found = identities_of(cast(Any, request.user)).filter(uid=uid).first()
        if found is None:
            raise Http404
        disconnect_identity(identity=found, actor=self.actor, at=self.at)
        messages.success(request, _("The identity is disconnected."))
        return HttpResponseRedirect(reverse("security"))


class SwitchView(ActorView):
    """Leave for another network: a page whose form the browser sends to the other host by itself.

    The secret travels in the body of that form, so it stands in no address, history or log.
    """

    http_method_names = ["post"]

    def post(self, request: PortalRequest, uid: Any) -> HttpResponse:
        network = next((one for one in others_of(request) if one.uid == uid), None)
        if network is None:
            raise Http404
        secret = make_hand_over(request=request, network=network, at=self.at)
        port = request.get_port()
        shown = "" if port in {"80", "443"} else f":{port}"
        origin = f"{request.scheme}://{network.host()}{shown}"
        context = {
            "title": _("To %(network)s") % {"network": network.title},
            "target": network,
            "action": origin + reverse("hand-over"),
            "secret": secret,
            "next": request.POST.get("next", "/"),
        }
        response = render(request, "login/switch.html", context)
        response._csp_update = {"form-action": [origin]}  # type: ignore[attr-defined]
        # Under the portal's usual policy a browser tells the other host nothing of where the form is from.
        response["Referrer-Policy"] = "strict-origin"
        return response


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class HandOverView(View):
    """Arrive from another network. Needs no form token: the secret and the origin stand for it.

    The browser says where the form was sent from; a page of anybody else cannot make it say otherwise, so
    nobody is logged in as somebody else without noticing.
    """

    http_method_names = ["post"]

    def post(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        limited = consume_or_429(request, action="hand_over")
        if limited:
            return cast(HttpResponse, limited)
        now = timezone.now()
        try:
            taken = take_hand_over(
                secret=request.POST.get("secret", ""), from_host=_sender(request), network=network, at=now
            )
        except NoWayOver:
            text = _("This way over works once, for half a minute, and only where this network allows it.")
            return error_page(request, "login/no_way_over.html", 403, message=text)
        begin_session(request, taken.user, method=taken.method)
        if taken.factor:
            request.session[FACTOR] = taken.user.pk
        actor = actor_for_user(network, taken.user, at=now)
        if actor is not None and actor.membership is not None:
            publish(CameOver(method=taken.method), subject=actor.membership, actor=actor, at=now)
        return HttpResponseRedirect(_inside(request, request.POST.get("next", "/")))


class InboxView(ActorView):
    """What waits for the person in every network: asked one by one, opened by hand-over."""

    def get(self, request: PortalRequest) -> HttpResponse:
        mine = tasks_for(self.actor, self.at)
        elsewhere = [
            (one.network, one.waiting, list(one.waiting.items)[:SHOWN] if one.waiting else [])
            for one in waiting_elsewhere(request, self.at)
        ]
        total = mine.total + sum(waiting.total for _network, waiting, _items in elsewhere if waiting)
        context = {
            "title": _("Everything that waits for me"),
            "mine": mine,
            "items": list(mine.items)[:SHOWN],
            "elsewhere": elsewhere,
            "total": total,
            "is_foreign": request.session.get(METHOD) == "oidc",
            "at": self.at,
        }
        return render(request, "login/inbox.html", context)


def _sender(request: HttpRequest) -> str:
    """The host whose page sent the form, as the browser tells it; "" when it does not."""
    return request.headers.get("Origin", "").partition("://")[2].lower()


def _inside(request: HttpRequest, path: str) -> str:
    """A path of this portal, or its start page."""
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else "/"
