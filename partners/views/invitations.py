"""Invitations: the list, one of them, inviting, sending again, taking back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.scoping.authority import may
from dnm.web.timeline import lines_about
from dnm.web.views.details import ScopedDetailView, ScopedObjectView
from dnm.web.views.forms import TransitionView, VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.invitations import invite_person, revoke_invitation, send_again
from partners.filters.invitations import InvitationFilters
from partners.forms.people import InviteForm
from partners.models import Invitation, Partner
from partners.permissions import PartnerCapability
from partners.tables.invitations import InvitationTable

CRUMBS = [(_("People"), "/people/")]
LIST_CRUMBS = [*CRUMBS, (_("Invitations"), "/people/invitations/")]
VERBS = {"send-again": send_again, "revoke": revoke_invitation}
DONE = {
    "send-again": _("A new mail is on its way. The former link stops working."),
    "revoke": _("The invitation is taken back."),
}


class InvitationListView(ScopedListView):
    """Invitations to the partners into whose people the reader may look."""

    model = Invitation
    capability = PartnerCapability.VIEW_PEOPLE
    table_class = InvitationTable
    filterset_class = InvitationFilters
    orders: ClassVar[Mapping[str, Order]] = {"newest": Order(_("Newest first"), ("-created_at", "-id"))}
    quick = "state"
    title = _("Invitations")
    file_name = "invitations"
    empty = Empty(_("Nobody has been invited yet"), _("Open a partner and invite its first person."))
    template_name = "partners/invitations.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner")

    def extra_context(self) -> Mapping[str, Any]:
        return {"crumbs": CRUMBS}


class InvitationView(ScopedDetailView):
    """One invitation: to whom, as what, by whom, and what became of it."""

    model = Invitation
    capability = PartnerCapability.VIEW_PEOPLE
    template_name = "partners/invitation.html"

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "at_territory", "within_territory", "accepted_by")

    def get_context_data(self, record: Any) -> dict[str, Any]:
        manages = may(self.actor, PartnerCapability.MANAGE_PEOPLE, record.partner)
        return {
            "title": record.name,
            "crumbs": LIST_CRUMBS,
            "can_manage": manages and record.is_standing,
            "facts": [
                (_("E-mail"), record.email),
                (_("Partner"), record.partner),
                (_("Role"), record.get_role_display()),
                (_("Held at"), record.at_territory or record.partner),
                (_("Within"), record.within_territory or ""),
                (_("Role ends"), record.valid_to or ""),
                (_("Job title"), record.title),
                (_("Invited by"), record.inviter_name),
                (_("Mail"), record.mail_words),
            ],
            "lines": lines_about(record, everything=True, request=self.request),
        }


class InvitationVerbView(TransitionView):
    """Send again, or take back."""

    model = Invitation
    capability = PartnerCapability.VIEW_PEOPLE

    def perform(self, record: Any) -> None:
        verb = VERBS.get(self.kwargs["verb"])
        if verb is None:
            raise Http404
        verb(invitation=record, actor=self.actor, at=self.at)
        messages.success(self.request, str(DONE[self.kwargs["verb"]]))

    def get_success_url(self, record: Any) -> str:
        return reverse("partners:invitation", args=[record.uid])


class InvitePersonView(VerbFormView, ScopedObjectView):
    """Ask a person to join a partner, with a first role there."""

    model = Partner
    capability = PartnerCapability.MANAGE_PEOPLE
    form_class = InviteForm
    title = _("Invite a person")
    submit = _("Send invitation")
    done = _("The invitation is on its way.")
    template_name = "partners/invite.html"

    @cached_property
    def record(self) -> Partner:
        return self.get_object()  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "actor": self.actor, "partner": self.record}

    def get_form(self) -> Any:
        self.form = super().get_form()
        return self.form

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [(self.record.trade_name, url)], "cancel": url, "partner": self.record}

    def perform(self, values: dict[str, Any]) -> str:
        invitation = invite_person(**self.form.values(), partner=self.record, actor=self.actor, at=self.at)
        return reverse("partners:invitation", args=[invitation.uid])
