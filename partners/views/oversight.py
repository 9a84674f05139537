"""Looking at the portal as another member, and asking why somebody can or cannot see something."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from dnm.accounts.requests import PortalRequest
from dnm.api.views import PortalView
from dnm.events.viewing import begin_view_as
from dnm.scoping.authority import may_everywhere
from dnm.scoping.permissions import OversightCapability
from dnm.scoping.viewing import SESSION_KEY
from dnm.web.errors import missing_capability
from dnm.web.search import Group, search_all
from dnm.web.views.base import ActorView
from dnm.web.views.forms import VerbFormView
from partners.domain.explaining import Explanation, explain, explain_page, rows_in_sight
from partners.domain.people import members_visible_to
from partners.domain.queries import find_members
from partners.forms.oversight import ViewAsForm
from partners.permissions import PartnerCapability

MOST_FOUND = 10


class ViewAsView(VerbFormView):
    """Begin to look as a member: asks for the reason."""

    capability = OversightCapability.VIEW_AS
    form_class = ViewAsForm
    title = _("View the portal as another member")
    submit = _("View for 30 minutes")
    template_name = "partners/view_as.html"

    @cached_property
    def record(self) -> Membership:
        found = members_visible_to(self.actor).filter(uid=self.kwargs["uid"]).first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.pk == self.actor.membership_id:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"record": self.record, "crumbs": [(str(self.record.user), url)], "cancel": url}

    def perform(self, values: dict[str, Any]) -> str:
        view = begin_view_as(target=self.record, reason=values["reason"], actor=self.actor, at=self.at)
        self.request.session[SESSION_KEY] = str(view.uid)
        rotate_token(self.request)
        return "/"


class LeaveView(ActorView):
    """The button of the banner. The middleware has ended the look; this only leads back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("partners:people"))


class NowView(ActorView):
    """As whom the portal is seen at present, and the way out: for pages without the banner's button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "partners/view_as_now.html", {"title": _("Viewing as another member")})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link leads to: a page's capability, and the row if it is about one."""

    capability: str
    model: Any = None
    row: Any = None

    @property
    def words(self) -> str:
        return f"{capfirst(self.model._meta.verbose_name)}: {self.row}" if self.row is not None else ""


class WhyView(ActorView):
    """Why can, or can't, this member see this? Asked by those who may know, in their own name, also while
    they look through the member's eyes.
    """

    def get(self, request: PortalRequest) -> HttpResponse:
        asking = self.actor.viewing_as.viewer if self.actor.viewing_as else self.actor
        if not may_everywhere(asking, OversightCapability.EXPLAIN):
            raise missing_capability(OversightCapability.EXPLAIN)
        link = request.GET.get("link", "").strip().replace("\x00", "")
        who = request.GET.get("who", "").strip().replace("\x00", "")
        member = self._member(asking, request.GET.get("member", ""))
        found, trouble, hits = self._asked(asking, link)
        context = {
            "title": _("Why can, or can't, this person see this?"),
            "member": member,
            "who": who,
            "link": link,
            "people": find_members(asking, who, limit=MOST_FOUND) if who else [],
            "asked": found,
            "hits": hits,
            "trouble": trouble,
            "answer": self._answer(member, found, asking) if member and found else None,
        }
        return render(request, "partners/why.html", context)

    def _member(self, asking: Actor, uid: str) -> Membership | None:
        try:
            wanted = UUID(uid)
        except ValueError:
            return None
        return members_visible_to(asking).filter(uid=wanted).first()  # type: ignore[no-any-return]

    def _answer(self, member: Membership, asked: Asked, asking: Actor) -> Explanation:
        if asked.row is None:
            return explain_page(member=member, capability=asked.capability, actor=asking, at=self.at)
        return explain(member=member, row=asked.row, capability=asked.capability, actor=asking, at=self.at)

    def _asked(self, asking: Actor, link: str) -> tuple[Asked | None, Any, list[Group]]:
        """What the link names; or, for words, the records that they find."""
        if not link:
            return None, "", []
        path = urlsplit(link).path
        if not path.startswith("/"):
            return None, "", [group for group in search_all(asking, link, limit=MOST_FOUND) if group.label]
        try:
            match = resolve(path)
        except Resolver404:
            return None, _("No page of the portal has this address."), []
        view: Any = getattr(match.func, "view_class", None) or getattr(match.func, "cls", None)
        model = getattr(view, "model", None) or (Membership if hasattr(view, "record") else None)
        capability = str(getattr(view, "capability", "") or getattr(view, "view_capability", "") or "")
        named = match.kwargs.get("uid") or match.kwargs.get("id")
        is_ours = isinstance(view, type) and issubclass(view, ActorView | PortalView)
        if not is_ours or (named and (model is None or not capability)):
            return None, _("This page is not about a record that roles decide on."), []
        if not named:
            return Asked(capability), "", []
        return self._row(asking, model, capability, str(named))

    def _row(
        self, asking: Actor, model: Any, capability: str, uid: str
    ) -> tuple[Asked | None, Any, list[Group]]:
        """The row, if the one who asks may see it. For a verb's page the question is who sees the row."""
        shown = str(getattr(model, "view_capability", "") or capability)
        if model is Membership:
            shown = PartnerCapability.VIEW_PEOPLE
        try:
            row = rows_in_sight(model, asking, shown).filter(uid=UUID(uid)).first()
        except ValueError:
            row = None
        if row is None:
            return None, _("There is no such record that you may see."), []
        return Asked(shown, model, row), "", []
