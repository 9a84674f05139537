"""Telling the inviter that somebody came."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from partners.events.invitations import InvitationAccepted
from partners.models import Invitation
from partners.permissions import PartnerCapability

ACCEPTED = NotificationKind(
    name="partners.invitation_accepted",
    label=_("Invitation accepted"),
    title=_("{name} has joined"),
    text=_("{name} accepted your invitation to {partner}."),
    capability=PartnerCapability.VIEW_PEOPLE,
)


def register() -> None:
    """Called when the app starts."""
    register_kind(ACCEPTED)
    register_subject(Invitation, url=lambda row: reverse("partners:invitation", args=[row.uid]))


@receives(InvitationAccepted, name="partners.tell_inviter")
def tell_inviter(event: Event) -> None:
    """The inviter hears of it; one who has left since does not."""
    row = Invitation.objects.select_related("partner", "invited_by").get(pk=event.subject_id)
    if row.invited_by is not None:
        facts = {"name": row.name, "partner": str(row.partner)}
        notify(kind=ACCEPTED, recipients=[row.invited_by], subject=row, facts=facts, event=event)
