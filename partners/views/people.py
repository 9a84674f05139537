"""People: who is a member, with which roles; locking, letting in again, removing, and the card."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.authority import authorise, may, may_everywhere
from dnm.scoping.pages import page
from dnm.scoping.permissions import OversightCapability
from dnm.web.timeline import lines_about
from dnm.web.views.base import ActorView
from dnm.web.views.forms import VerbFormView
from partners.domain.people import (
    change_member,
    lock_member,
    members_visible_to,
    remove_member,
    unlock_member,
)
from partners.domain.queries import roles_held_by
from partners.forms.people import CardForm
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, Role
from partners.tables import PeopleTable

CRUMBS = [(_("People"), "/people/")]
VERBS = {"lock": lock_member, "unlock": unlock_member, "remove": remove_member}


class PeopleView(ActorView):
    """Members whose partner the reader may look into."""

    capability = PartnerCapability.VIEW_PEOPLE

    def get(self, request: HttpRequest) -> HttpResponse:
        found = page(
            members_visible_to(self.actor), order=("id",), cursor=request.GET.get("cursor"), limit=50
        )
        context = {
            "title": _("People"),
            "table": PeopleTable(found.rows, request=request),
            "page": found,
            "older": f"?cursor={found.next_cursor}" if found.next_cursor else "",
            "newer": f"?cursor={found.previous_cursor}" if found.previous_cursor else "",
        }
        return render(request, "partners/people.html", context)


class _MemberView(ActorView):
    """A page or button about one member in sight."""

    capability = PartnerCapability.VIEW_PEOPLE

    @cached_property
    def record(self) -> Membership:
        found = members_visible_to(self.actor).filter(uid=self.kwargs["uid"]).first()
        if found is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    @property
    def partner(self) -> Any:
        """The partner of the card."""
        return next((affiliation.partner for affiliation in self.record.affiliations.all()), None)


class MemberView(_MemberView):
    """One member: card, roles, history."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record
        partner = self.partner
        manages = partner is not None and may(self.actor, PartnerCapability.MANAGE_PEOPLE, partner)
        context = {
            "title": str(record.user),
            "record": record,
            "crumbs": CRUMBS,
            "partner": partner,
            "facts": [
                (_("E-mail"), record.user.email),
                (_("Job title"), record.title),
                (_("Partner"), partner),
                (_("State"), record.get_state_display()),
            ],
            "roles": [
                (ROLE_LABELS[Role(holding.role)], holding) for holding in roles_held_by(record, self.actor)
            ],
            "is_active": record.state == MembershipState.ACTIVE,
            "can_manage": manages,
            "can_lock": manages and record.pk != self.actor.membership_id,
            "lines": lines_about(record, everything=True, request=request),
            "can_view_as": record.state == MembershipState.ACTIVE
            and record.pk != self.actor.membership_id
            and may_everywhere(self.actor, OversightCapability.VIEW_AS),
            "can_explain": may_everywhere(self.actor, OversightCapability.EXPLAIN),
        }
        return render(request, "partners/member.html", context)


class MemberStateView(_MemberView):
    """Lock a member, let it in again, or end the membership."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        verb = VERBS.get(self.kwargs["verb"])
        if verb is None:
            raise Http404
        verb(membership=self.record, actor=self.actor, at=self.at)
        if verb is remove_member:
            return HttpResponse(status=302, headers={"Location": reverse("partners:people")})
        return HttpResponse(
            status=302, headers={"Location": reverse("partners:member", args=[self.record.uid])}
        )


class MemberCardView(VerbFormView, _MemberView):
    """Change what others may change of a member: the job title."""

    form_class = CardForm
    title = _("Change card")
    done = _("The card is changed.")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "initial": {"title": self.record.title}}

    def get_form(self) -> Any:
        """The form, for who may change it."""
        authorise(self.actor, PartnerCapability.MANAGE_PEOPLE, self.partner)
        return super().get_form()

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (str(self.record.user), url)], "cancel": url}

    def perform(self, values: dict[str, Any]) -> str:
        change_member(membership=self.record, title=values["title"], actor=self.actor, at=self.at)
        return self.record.get_absolute_url()
