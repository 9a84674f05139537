"""Reviews on their day, and tiers set by hand for a time."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.tiers.ladder import ladder_of
from partners.events.tiers import TierReviewed
from partners.models import Tier, TierReview, TierStanding
from partners.permissions.tiers import TierCapability
from partners.states.tiers import Outcome

LONGEST = timedelta(days=366)
RELATED = ("partner", "tier", "earned", "override_tier")
NO_OVERRIDE = {"override_tier": None, "override_until": None, "override_reason": ""}


def next_review(tier: Tier, today: date) -> date:
    """The first day of the tier's next period, after today."""
    months = today.year * 12 + today.month - 1
    begin = (months // tier.review_months + 1) * tier.review_months
    return date(begin // 12, begin % 12 + 1, 1)


@transaction.atomic
def review_standing(*, standing: TierStanding, actor: Actor, at: datetime) -> TierStanding:
    """End an override whose time is over, and on the day of the review let the earned tier count.

    Upwards at once; downwards after one grace period, if it is not earned again by then. Only the system does
    this. Harmless to repeat: a review that was held is not due any more.
    """
    if not actor.is_system:
        raise NotAllowed
    standing = _locked(standing)
    today = _today(standing, at)
    if standing.override_until is not None and standing.override_until < today:
        _change(standing, Outcome.OVERRIDE_ENDED, NO_OVERRIDE, actor, at)
    if standing.review_on <= today:
        _hold_review(standing, today, actor, at)
    return standing


@transaction.atomic
def override_tier(
    *, standing: TierStanding, tier: Tier, until: date, reason: str, actor: Actor, at: datetime
) -> TierStanding:
    """Let the partner have another tier than it has earned, and why, up to and including a day.

    Raises `NotAllowed`, `Invalid` for a tier that is not for this kind of partner, a missing reason, an end
    that is past or more than a year away.
    """
    authorise(actor, TierCapability.OVERRIDE, standing, system=True)
    standing = _locked(standing)
    today = _today(standing, at)
    faults = {}
    if tier not in ladder_of(standing.partner):
        faults["tier"] = _("This tier is not for partners of this kind.")
    if not today <= until <= today + LONGEST:
        faults["until"] = _("From today up to a year ahead.")
    if not reason.strip():
        faults["reason"] = _("Give a reason.")
    if faults:
        raise Invalid(fields=faults)
    reason = reason.strip()[:250]
    changes = {"override_tier": tier, "override_until": until, "override_reason": reason}
    return _change(standing, Outcome.OVERRIDDEN, changes, actor, at, reason=reason)


@transaction.atomic
def end_override(*, standing: TierStanding, reason: str, actor: Actor, at: datetime) -> TierStanding:
    """Back to the earned tier before the override's day, and why."""
    authorise(actor, TierCapability.OVERRIDE, standing, system=True)
    standing = _locked(standing)
    if standing.override_tier is None:
        raise Conflict(_("The tier is not set by hand."), code="no-override")
    if not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})
    reason = reason.strip()[:250]
    return _change(standing, Outcome.OVERRIDE_ENDED, NO_OVERRIDE, actor, at, reason=reason)


def _hold_review(standing: TierStanding, today: date, actor: Actor, at: datetime) -> None:
    held, earned = standing.tier, standing.earned
    step = (earned.rank if earned else 0) - (held.rank if held else 0)
    if step < 0 and held is not None and held.grace_days and not standing.is_in_grace:
        changes = {"is_in_grace": True, "review_on": today + timedelta(days=held.grace_days)}
        _change(standing, Outcome.GRACE, changes, actor, at)
        return
    tiers = ladder_of(standing.partner)
    counts = earned or held or (tiers[0] if tiers else None)
    changes = {
        "tier": earned,
        "is_in_grace": False,
        "review_on": next_review(counts, today) if counts else today + LONGEST,
    }
    if step:
        changes["since"] = at
    outcome = Outcome.KEPT if not step else Outcome.PROMOTED if step > 0 else Outcome.DEMOTED
    _change(standing, outcome, changes, actor, at)


def _change(
    standing: TierStanding,
    outcome: Outcome,
    changes: dict[str, Any],
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
) -> TierStanding:
    """Write the standing and the log, and say so unless nothing changed."""
    before = standing.now_held
    for name, value in changes.items():
        setattr(standing, name, value)
    standing.save(update_fields=sorted(changes))
    TierReview.objects.create(
        network_id=standing.network_id,
        partner=standing.partner,
        outcome=outcome,
        before=before,
        after=standing.tier,
        override_tier=standing.override_tier,
        override_until=_end_of(standing),
        reason=reason,
        decided_by=actor.membership,
        decided_at=at,
    )
    if outcome == Outcome.KEPT:
        return standing
    until = standing.override_until if outcome == Outcome.OVERRIDDEN else None
    if outcome == Outcome.GRACE:
        until = standing.review_on
    event = TierReviewed(
        outcome=str(outcome),
        before=str(before or ""),
        after=str(standing.now_held or ""),
        reason=reason,
        until=until.isoformat() if until else "",
    )
    publish(event, subject=standing, actor=actor, at=at)
    return standing


def _locked(standing: TierStanding) -> TierStanding:
    rows = TierStanding.objects.select_for_update(of=("self",)).select_related(*RELATED)
    return rows.get(pk=standing.pk)  # type: ignore[no-any-return]


def _today(standing: TierStanding, at: datetime) -> date:
    return at.astimezone(Network.objects.get(pk=standing.network_id).zone).date()


def _end_of(standing: TierStanding) -> datetime | None:
    """The moment at which the override is over: the end of its day, in the network's time zone."""
    if standing.override_until is None:
        return None
    zone = Network.objects.get(pk=standing.network_id).zone
    return datetime.combine(standing.override_until + timedelta(days=1), time.min, zone)
