"""Members: locking, unlocking, removing. Logins are the persons' own and are not changed here."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, linked, row_url
from dnm.web.admin.forms import ActorForm
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import Offered, RowVerb
from partners.admin.sections import PEOPLE
from partners.domain.holdings import partner_holdings_visible_to, territory_holdings_visible_to
from partners.domain.people import (
    change_member,
    lock_member,
    members_visible_to,
    remove_member,
    unlock_member,
)
from partners.permissions import PartnerCapability
from partners.roles import ROLE_LABELS, Role


class CardForm(ActorForm):
    """What others may change of a membership."""

    class Meta:
        model = Membership
        fields = ("title",)


def _affiliation(member: Membership) -> Any:
    return next((one.partner for one in member.affiliations.all()), None)  # type: ignore[attr-defined]


def _partner(member: Membership, actor: Actor) -> Any:
    return linked(_affiliation(member), actor, PartnerCapability.VIEW)


def _roles(member: Membership, actor: Actor) -> Any:
    """The member's roles as far as they are in sight, each with a link."""
    held = [
        *partner_holdings_visible_to(actor).filter(membership=member),
        *territory_holdings_visible_to(actor).filter(membership=member),
    ]
    return format_html_join(
        "\n",
        '<div><a href="{}">{} · {}</a></div>',
        ((row_url(one), ROLE_LABELS[Role(one.role)], one.content_object) for one in held),
    )


def _offered_in(*states: str) -> Offered:
    def offered(member: Membership, actor: Actor) -> str | None:
        partner = _affiliation(member)
        if member.state not in states or partner is None:
            return None
        if not may(actor, PartnerCapability.MANAGE_PEOPLE, partner):
            return None
        if member.pk == actor.membership_id:
            return str(_("Somebody else must do this to you."))
        return ""

    return offered


@admin.register(Membership, site=network_site)
class MembershipAdmin(ScopedModelAdmin):
    """The people of the network, as far as the person may look into their partners."""

    section = PEOPLE
    menu_name = _("Members")
    view_capability = PartnerCapability.VIEW_PEOPLE
    change_capability = PartnerCapability.MANAGE_PEOPLE
    change_form = CardForm
    ordering = ("-created_at", "-id")
    related = ("user",)
    list_display = (
        Column("name", _("name"), lambda row, actor: row.user.name),
        Column("email", _("e-mail"), lambda row, actor: row.user.email),
        Column("partner", _("partner"), _partner),
        "title",
        "state",
        "created_at",
    )
    list_filter = ("state",)
    search_fields = ("user__name", "user__email", "title")
    search_help_text = _("Part of the name, the e-mail address or the job title.")
    facts = (
        Column("name", _("name"), lambda row, actor: row.user.name),
        Column("email", _("e-mail"), lambda row, actor: row.user.email),
        "title",
        Column("partner", _("partner"), _partner),
        "state",
        Column("roles", _("roles"), _roles),
        "created_at",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="lock",
            label=_("Lock"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: lock_member(membership=row, actor=actor, at=at),
            offered=_offered_in(MembershipState.ACTIVE),
            is_grave=True,
        ),
        RowVerb(
            name="unlock",
            label=_("Unlock"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: unlock_member(membership=row, actor=actor, at=at),
            offered=_offered_in(MembershipState.LOCKED),
        ),
        RowVerb(
            name="remove",
            label=_("Remove"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: remove_member(membership=row, actor=actor, at=at),
            offered=_offered_in(MembershipState.ACTIVE, MembershipState.LOCKED),
            is_grave=True,
        ),
    )

    def rows(self, actor: Actor) -> Any:
        return members_visible_to(actor)

    def choice_label(self, row: Any) -> str:
        return f"{row.user.name} ({row.user.email})"

    def may_change(self, actor: Actor, row: Any) -> bool:
        partner = _affiliation(row)
        return partner is not None and may(actor, PartnerCapability.MANAGE_PEOPLE, partner)

    def perform_change(self, request: Any, row: Membership, form: ActorForm) -> Membership:
        title = form.cleaned_data["title"]
        return change_member(membership=row, title=title, actor=request.actor, at=timezone.now())
