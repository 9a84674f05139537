"""What follows from reviews of tiers: the partner is told."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from partners.domain.access import holders_at
from partners.events.tiers import TierReviewed
from partners.models import TierStanding
from partners.permissions.tiers import TierCapability
from partners.states.tiers import Outcome

CHANGED = NotificationKind(
    name="partners.tier_reviewed",
    label=_("Tier changed"),
    title=_("{partner}: {outcome}"),
    text=_("Before: {before}. Now: {after}. {why}"),
    words={"outcome": {str(value): label for value, label in Outcome.choices}},
    capability=TierCapability.VIEW,
    email=True,
)
AT_RISK = NotificationKind(
    name="partners.tier_at_risk",
    label=_("Tier at risk"),
    title=_("{partner}: the tier {tier} is at risk"),
    text=_("It is not earned at present. What is missing must be there by {day:date}."),
    capability=TierCapability.VIEW,
    email=True,
)


def register() -> None:
    """Called when the app starts."""
    for kind in (CHANGED, AT_RISK):
        register_kind(kind)
    register_subject(TierStanding, url=lambda row: row.get_absolute_url())


@receives(TierReviewed, name="partners.tell_of_tier")
def tell_of_tier(event: Event) -> None:
    """The people of the partner who see its standing, but whoever did it."""
    standing: TierStanding = TierStanding.objects.select_related("partner").get(pk=event.subject_id)
    found = holders_at(standing, TierCapability.VIEW, at=timezone.now())
    members = [one for one in found if one.pk != event.membership_id]
    payload = event.payload
    partner = str(standing.partner)
    if payload.get("outcome") == Outcome.GRACE:
        facts = {"partner": partner, "tier": payload.get("before", ""), "day": payload.get("until", "")}
        notify(kind=AT_RISK, recipients=members, subject=standing, facts=facts, event=event)
        return
    facts = {name: payload.get(name, "") for name in ("outcome", "before", "after")}
    facts |= {"partner": partner, "why": payload.get("reason", "")}
    notify(kind=CHANGED, recipients=members, subject=standing, facts=facts, event=event)
