"""Reading, and nothing but reading, through another member's eyes: for every page, the API and the admin.

Two locks. What is meant to change something is refused here in plain words; and whatever runs at all runs in
a transaction that PostgreSQL keeps read-only, so that a page that writes while it shows cannot either.
"""

from collections.abc import Callable

import structlog
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor, Viewing
from dnm.accounts.requests import PortalRequest
from dnm.events.viewing import end_view_as, note_download
from dnm.scoping.actors import actor_for_user
from dnm.scoping.errors import VIEWING
from dnm.scoping.viewing import SESSION_KEY, open_view
from dnm.web.errors import error_page

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_AS = "seen_as"
"""What `user.has_perm` looks for on the person of the session (see `partners.backends`)."""
END, LOGOUT = "/view-as/end/", "/accounts/logout/"
API, LOGIN = "/api/", "/accounts/"


class ViewAsMiddleware:
    """Guards a session that looks through another member's eyes.

    At its end the forms' token changes: a page that is still open from then cannot send anything in the
    viewer's own name.
    """

    def __init__(self, get_response: Callable[[PortalRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        if request.network is None or not request.session.get(SESSION_KEY):
            return self.get_response(request)
        viewing = request.actor.viewing_as if request.actor else None
        if viewing is None:
            return self._after_the_end(request)
        structlog.contextvars.bind_contextvars(viewing_as=str(viewing.uid))
        setattr(request.user, SEEN_AS, request.actor)
        if request.path in (END, LOGOUT) and request.method == "POST":
            return self._leave(request, viewing)
        if request.path.startswith(LOGIN):
            text = _("A login is its owner's alone. Leave the other member's view first.")
            return error_page(request, "errors/403.html", 403, message=text)
        if request.method not in SAFE and not request.path.startswith(API):
            return error_page(request, "errors/403.html", 403, message=str(VIEWING))
        response = self._reading(request)
        if response.headers.get("Content-Disposition", "").startswith("attachment") and request.actor:
            note_download(actor=request.actor, path=request.get_full_path(), at=timezone.now())
        return response

    def _reading(self, request: PortalRequest) -> HttpResponseBase:
        """The answer, made in a savepoint that only reads, and that is taken back in any case."""
        mark = transaction.savepoint()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            return self.get_response(request)
        finally:
            transaction.set_rollback(False)
            transaction.savepoint_rollback(mark)

    def _leave(self, request: PortalRequest, viewing: Viewing) -> HttpResponseBase:
        """By the button, or by logging out: the look ends, and the request goes on as the viewer's own."""
        view = open_view(viewing.viewer, str(viewing.uid))
        if view is not None:
            cause = "logged_out" if request.path == LOGOUT else "left"
            end_view_as(view=view, cause=cause, actor=viewing.viewer, at=timezone.now())
        del request.session[SESSION_KEY]
        rotate_token(request)
        request.actor = viewing.viewer
        delattr(request.user, SEEN_AS)
        return self.get_response(request)

    def _after_the_end(self, request: PortalRequest) -> HttpResponseBase:
        """It has run out, or the right to it is gone. What was sent from the old page is not done in the
        viewer's own name.
        """
        named = request.session.pop(SESSION_KEY)
        rotate_token(request)
        viewer = self._viewer(request)
        view = open_view(viewer, named) if viewer else None
        now = timezone.now()
        if view is not None and viewer is not None:
            end_view_as(
                view=view, cause="expired" if view.expires_at <= now else "refused", actor=viewer, at=now
            )
        text = _("The other member's view has ended. You see the portal as yourself again.")
        if request.method in SAFE:
            if not request.path.startswith(API):
                messages.info(request, text)
            return self.get_response(request)
        if request.path.startswith(API):
            return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
        return error_page(request, "errors/403.html", 403, message=text)

    def _viewer(self, request: PortalRequest) -> Actor | None:
        if request.actor is not None or request.network is None or not request.user.is_authenticated:
            return request.actor
        return actor_for_user(request.network, request.user, at=timezone.now())
