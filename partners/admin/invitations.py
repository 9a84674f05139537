"""Invitations in the administration: who was asked, by whom, and what became of it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.admin.columns import Column, linked
from dnm.web.admin.forms import ActorForm, DayField, RowChoice
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb
from partners.admin.partners import partners, territories
from partners.admin.sections import PEOPLE
from partners.domain.invitations import invite_person, revoke_invitation, send_again
from partners.models import Affiliation, Invitation
from partners.permissions import PartnerCapability
from partners.roles import Role


class InviteForm(ActorForm):
    """Whom to invite, where, as what."""

    partner = RowChoice(partners, label=_("Partner"), find_by=(Affiliation, "partner"))
    at_territory = RowChoice(
        territories,
        label=_("Held at"),
        required=False,
        find_by=(Invitation, "at_territory"),
        help_text=_("For roles of the brand owner's people. Empty means the partner."),
    )
    valid_to = DayField(label=_("Role ends"), required=False)
    email = forms.EmailField(label=_("E-mail"), help_text=_("The invitation is sent there."))
    field_order = ("name", "email", "title", "partner", "role", "at_territory", "valid_to")

    class Meta:
        model = Invitation
        fields = ("name", "title", "role")


def _partner(row: Invitation, actor: Actor) -> Any:
    return linked(row.partner, actor, PartnerCapability.VIEW)


def _offered(row: Invitation, actor: Actor) -> str | None:
    return "" if row.is_standing and may(actor, PartnerCapability.MANAGE_PEOPLE, row.partner) else None


@admin.register(Invitation, site=network_site)
class InvitationAdmin(ScopedModelAdmin):
    """Invitations to the partners into whose people the person may look."""

    section = PEOPLE
    menu_name = _("Invitations")
    view_capability = PartnerCapability.VIEW_PEOPLE
    add_capability = PartnerCapability.MANAGE_PEOPLE
    add_form = InviteForm
    ordering = ("-created_at", "-id")
    related = ("partner", "at_territory")
    list_display = (
        "name",
        Column("partner", _("partner"), _partner),
        "role",
        "inviter_name",
        "created_at",
        "expires_at",
        Column("state", _("state"), lambda row, actor: row.get_state_display()),
    )
    search_fields = ("name", "email")
    facts = (
        "name",
        "email",
        "title",
        Column("partner", _("partner"), _partner),
        "role",
        Column("held_at", _("held at"), lambda row, actor: row.at_territory or row.partner),
        "valid_to",
        Column("state", _("state"), lambda row, actor: row.get_state_display()),
        "inviter_name",
        "created_at",
        "expires_at",
        "sent_at",
        "mail_error",
        "accepted_at",
        "revoked_at",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="send_again",
            label=_("Send again"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: send_again(invitation=row, actor=actor, at=at),
            offered=_offered,
        ),
        RowVerb(
            name="revoke",
            label=_("Revoke"),
            capability=PartnerCapability.MANAGE_PEOPLE,
            perform=lambda row, values, actor, at: revoke_invitation(invitation=row, actor=actor, at=at),
            offered=_offered,
            is_grave=True,
        ),
    )

    def perform_add(self, request: Any, form: ActorForm) -> Invitation:
        values = dict(form.cleaned_data)
        values["role"] = Role(values["role"])
        return invite_person(**values, actor=request.actor, at=timezone.now())
