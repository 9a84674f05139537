"""A member's own notifications. Every row comes through `visible_to`; nobody sees another's."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.requests import PortalRequest
from dnm.notifications import inbox
from dnm.notifications.models import Channel, Notification
from dnm.notifications.preferences import set_preferences, wishes_of
from dnm.scoping.errors import Invalid
from dnm.web.views.base import ActorView

MOST_TOASTS = 3
Day = tuple[datetime, list[Notification]]


def by_day(rows: Iterable[Notification]) -> list[Day]:
    """Rows in their order, under the days on which they were made, in the network's time zone."""
    days = groupby(rows, key=lambda row: timezone.localtime(row.created_at).date())
    found = [list(rows_of_day) for _day, rows_of_day in days]
    return [(rows_of_day[0].created_at, rows_of_day) for rows_of_day in found]


class OwnView(ActorView):
    """A page about one notification of the actor's."""

    def notification(self, uid: UUID) -> Notification:
        """The actor's own row; 404 for any other."""
        found: Notification | None = Notification.objects.visible_to(self.actor).filter(uid=uid).first()
        if found is None:
            raise Http404
        return found


class ListView(ActorView):
    """What the actor was told: unread on top, then what was read, each by day."""

    def get(self, request: PortalRequest) -> HttpResponse:
        region = "#list" if request.htmx and request.htmx.target == "list" else ""
        response = render(request, f"notifications/list.html{region}", self.context(request))
        response["Vary"] = "HX-Request, HX-Target, Cookie"
        return response

    def context(self, request: PortalRequest) -> dict[str, Any]:
        """Older pages of either half stand alone; the first page shows both."""
        half, cursor = request.GET.get("show", ""), request.GET.get("cursor")
        unread = (
            self._page(inbox.unread_page, cursor if half == "unread" else None) if half != "read" else None
        )
        read = self._page(inbox.read_page, cursor if half == "read" else None) if half != "unread" else None
        return {
            "half": half,
            "unread": by_day(unread.rows) if unread else [],
            "unread_pager": _pager("unread", unread),
            "unread_total": inbox.unread_count(self.actor) if unread else 0,
            "read": by_day(read.rows) if read else [],
            "read_pager": _pager("read", read),
            "newest": unread.rows[0].uid if unread and unread.rows else "",
        }

    def _page(self, find: Any, cursor: str | None) -> Any:
        try:
            return find(self.actor, cursor)
        except Invalid:
            return find(self.actor, None)


def _pager(half: str, found: Any) -> dict[str, str]:
    if found is None:
        return {}
    steps = {"older": found.next_cursor, "newer": found.previous_cursor}
    return {name: f"?show={half}&cursor={cursor}" for name, cursor in steps.items() if cursor}


class BellView(ActorView):
    """The number on the bell and the newest few, for the menu under it."""

    def get(self, request: PortalRequest) -> HttpResponse:
        context = {"latest": inbox.latest(self.actor), "refreshed": True}
        response = render(request, "notifications/bell.html#latest", context)
        response["Cache-Control"] = "no-store"
        return response


class ToastsView(ActorView):
    """What has just come in, in words: the live channel told the page only ids."""

    def get(self, request: PortalRequest) -> HttpResponse:
        rows = inbox.named(self.actor, _uids(request.GET.getlist("id")))
        context = {"rows": rows[:MOST_TOASTS], "more": len(rows) - MOST_TOASTS}
        response = render(request, "notifications/toasts.html", context)
        response["Cache-Control"] = "no-store"
        return response


class NewsView(ActorView):
    """Ids of what is unread since `after`: what the live channel would have told, for clients without one."""

    def get(self, request: PortalRequest) -> HttpResponse:
        events, after = inbox.since(self.actor, request.GET.get("after"))
        news = [{"id": str(uid), "kind": kind} for uid, kind in events]
        return JsonResponse({"news": news, "after": after}, headers={"Cache-Control": "no-store"})


class OpenView(OwnView):
    """The way from a notification to its subject: marks it read and goes there, through the scope."""

    def get(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        notification = self.notification(uid)
        if self.actor.viewing_as is None:
            inbox.mark_read(notification=notification, actor=self.actor, at=self.at)
        address = inbox.address_of(notification, self.actor)
        if address is None:
            return render(request, "notifications/gone.html", status=404)
        return HttpResponseRedirect(address)


class ReadView(OwnView):
    """Mark one as read."""

    def post(self, request: PortalRequest, uid: UUID) -> HttpResponse:
        inbox.mark_read(notification=self.notification(uid), actor=self.actor, at=self.at)
        return _back_to_list(request)


class ReadAllView(ActorView):
    """Mark all as read that stood on the page, and what is older; not what came in meanwhile."""

    def post(self, request: PortalRequest) -> HttpResponse:
        newest = _uids([request.POST.get("up_to", "")])
        if newest:
            inbox.mark_all_read(actor=self.actor, at=self.at, up_to=newest[0])
        return _back_to_list(request)


def _back_to_list(request: PortalRequest) -> HttpResponse:
    """To the list; with htmx the list and the bell hear that something was read, and ask anew."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": "read"})
    return HttpResponseRedirect(reverse("notifications:list"))


class PreferencesView(ActorView):
    """Which kinds the actor wants to hear of, and how."""

    def get(self, request: PortalRequest) -> HttpResponse:
        context = {
            "wishes": wishes_of(self.actor),
            "failing": inbox.failing_mail(self.actor),
            "crumbs": [(_("Notifications"), reverse("notifications:list"))],
        }
        return render(request, "notifications/preferences.html", context)

    def post(self, request: PortalRequest) -> HttpResponse:
        wanted = {
            wish.kind.name: [one for one in Channel.values if f"{wish.kind.name}:{one}" in request.POST]
            for wish in wishes_of(self.actor)
        }
        set_preferences(actor=self.actor, wanted=wanted)
        messages.success(request, _("Your choices are kept."))
        return HttpResponseRedirect(reverse("notifications:preferences"))


def _uids(words: Iterable[str]) -> list[UUID]:
    """Well-formed ids among the words, at most as many as a replay brings."""
    found = []
    for word in list(words)[: inbox.REPLAY_LIMIT]:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
