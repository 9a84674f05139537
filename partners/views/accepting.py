"""Accepting an invitation: the page that the link in the mail opens, for people who may have no login yet."""

from typing import Any, cast
from urllib.parse import urlencode

from allauth.core.ratelimit import consume_or_429
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from dnm.accounts.middleware import require_network
from dnm.accounts.requests import PortalRequest
from dnm.accounts.sessions import address_is_proven, begin_session
from dnm.scoping.errors import DomainError
from dnm.web.errors import status_of
from dnm.web.views.forms import show_error
from partners.domain.invitation_mails import digest_of
from partners.domain.invitations import (
    NoSuchInvitation,
    accept_with_login,
    accept_with_new_login,
    invitation_of,
    login_of,
)
from partners.forms.people import AcceptForm
from partners.models import Invitation


@method_decorator(never_cache, name="dispatch")
class AcceptView(View):
    """Shows who invites, as what and where, and lets the invited person join.

    Whatever is wrong with a link, the answer is the same. Who has a login logs in first, with an
    authenticator of its own: the link alone opens no login.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = cast(PortalRequest, request)
        require_network(asked)
        limited = consume_or_429(request, action="invitation")
        if limited:
            return limited
        self.at = timezone.now()
        try:
            self.invitation: Invitation = invitation_of(digest_of(kwargs["secret"]), self.at)
            return super().dispatch(request, *args, **kwargs)
        except NoSuchInvitation:
            context = {"title": _("This invitation cannot be used")}
            return render(request, "partners/invitation_gone.html", context, status=404)

    def get(self, request: PortalRequest, secret: str) -> HttpResponse:
        return self._page(AcceptForm(initial={"name": self.invitation.name}))

    def post(self, request: PortalRequest, secret: str) -> HttpResponse:
        form = AcceptForm(request.POST)
        try:
            if request.user.is_authenticated:
                accept_with_login(invitation=self.invitation, user=cast(Any, request.user), at=self.at)
                return HttpResponseRedirect("/")
            if login_of(self.invitation) is not None:
                return self._page(form, status=409)
            if not form.is_valid():
                return self._page(form, status=422)
            name = form.cleaned_data["name"]
            membership = accept_with_new_login(invitation=self.invitation, name=name, at=self.at)
        except NoSuchInvitation:
            raise
        except DomainError as error:
            show_error(form, error)
            return self._page(form, status=status_of(error))
        address_is_proven(membership.user)
        begin_session(request, membership.user, method="invitation", proven=True)
        return HttpResponseRedirect(reverse("security"))

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        user, known = self.request.user, login_of(self.invitation)
        here = self.request.path
        context = {
            "title": _("You are invited"),
            "invitation": self.invitation,
            "form": form,
            "mine": user.is_authenticated and user == known,
            "stranger": user if user.is_authenticated and user != known else None,
            "has_login": known is not None,
            "login_url": f"{reverse('account_login')}?{urlencode({'next': here})}",
            "here": here,
        }
        return render(self.request, "partners/accept.html", context, status=status)
