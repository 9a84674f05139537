"""People: who is a member, with which roles; adding, locking, and letting in again."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.authority import may
from dnm.scoping.pages import page
from dnm.web.timeline import lines_about
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from partners.domain.access import grant_role
from partners.domain.people import add_member, lock_member, members_visible_to, unlock_member
from partners.domain.queries import roles_held_by
from partners.forms import NewMemberForm
from partners.models import Partner
from partners.permissions import PartnerCapability
from partners.roles import PARTNER_ROLES, ROLE_LABELS, Role
from partners.tables import PeopleTable

CRUMBS = [(_("People"), "/people/")]


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


class MemberView(_MemberView):
    """One member: card, roles, history."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        record = self.record
        partner = next((affiliation.partner for affiliation in record.affiliations.all()), None)
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
            "can_lock": manages and record.pk != self.actor.membership_id,
            "lines": lines_about(record, everything=True, request=request),
        }
        return render(request, "partners/member.html", context)


class MemberStateView(_MemberView):
    """Lock a member, or let it in again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        verb = {"lock": lock_member, "unlock": unlock_member}.get(self.kwargs["verb"])
        if verb is None:
            raise Http404
        verb(membership=self.record, actor=self.actor, at=self.at)
        return HttpResponse(
            status=302, headers={"Location": reverse("partners:member", args=[self.record.uid])}
        )


class NewMemberView(VerbFormView, ScopedObjectView):
    """Add a person to a partner, with a first role there."""

    model = Partner
    capability = PartnerCapability.MANAGE_PEOPLE
    form_class = NewMemberForm
    title = _("Add a person")
    submit = _("Add")
    done = _("The person is a member now and logs in with a code sent by e-mail.")

    @cached_property
    def record(self) -> Partner:
        return self.get_object()  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        allowed = PARTNER_ROLES if self.record.parent_id else frozenset(Role)
        roles = [(str(role), label) for role, label in ROLE_LABELS.items() if role in allowed]
        return {**super().form_arguments(), "roles": roles}

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [(self.record.trade_name, url)], "cancel": url}

    def perform(self, values: dict[str, Any]) -> str:
        membership = add_member(
            email=values["email"],
            name=values["name"],
            title=values["title"],
            partner=self.record,
            actor=self.actor,
            at=self.at,
        )
        role = Role(values["role"])
        grant_role(membership=membership, role=role, node=self.record, actor=self.actor, at=self.at)
        return reverse("partners:member", args=[membership.uid])
