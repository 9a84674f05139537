"""The night's work: where every partner would stand, and the reviews that are due."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dnm.accounts.actors import Actor
from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from partners.domain.tiers.figures import Values, highest_earned, lines_of, values_of
from partners.domain.tiers.ladder import ladder, ladder_of
from partners.domain.tiers.reviewing import next_review, review_standing
from partners.models import Partner, Tier, TierReview, TierStanding
from partners.states import PartnerState
from partners.states.tiers import Outcome

AT_ONCE = 500
NIGHT = time(2)
TAKING_PART = (PartnerState.LIVE, PartnerState.SUSPENDED)
PROJECTED = ["earned", "projection", "projected_at"]


def run_night(network_id: int, now: datetime) -> int:
    """Project whom last night left out and review who is due; returns how many were projected.

    Called often: after the night of the network's time zone it works once, and catches up when it was kept
    from it. Harmless to repeat.
    """
    with network_context(network_id):
        zone = Network.objects.get(pk=network_id).zone
    night = last_night(now, zone)
    done = project_standings(network_id, now, since=night)
    reviewed = _review_due(network_id, now, night, zone)
    _project_all(network_id, reviewed, now)
    return done


def last_night(now: datetime, zone: ZoneInfo) -> datetime:
    """The newest two o'clock, local time, that is over."""
    night = datetime.combine(now.astimezone(zone).date(), NIGHT, zone)
    return night if night <= now else night - timedelta(days=1)


def project_standings(network_id: int, now: datetime, *, since: datetime) -> int:
    """Project every partner that was not projected `since` then, some hundreds to a transaction."""
    with network_context(network_id):
        tiers = ladder()
        ids = _left_out(tiers, since) if tiers else []
    _project_all(network_id, ids, now)
    return len(ids)


def _project_all(network_id: int, ids: list[int], now: datetime) -> None:
    for begin in range(0, len(ids), AT_ONCE):
        with network_context(network_id):
            today = now.astimezone(Network.objects.get(pk=network_id).zone).date()
            _project(ids[begin : begin + AT_ONCE], ladder(), today, now)


def _left_out(tiers: Collection[Tier], since: datetime) -> list[int]:
    kinds = {kind for tier in tiers for kind in tier.kinds}
    rows = Partner.objects.filter(kind__in=kinds, state__in=TAKING_PART, parent__isnull=False)
    done = TierStanding.objects.filter(projected_at__gte=since)
    return list(rows.exclude(pk__in=done.values("partner_id")).order_by("pk").values_list("pk", flat=True))


def _project(ids: list[int], tiers: list[Tier], today: date, at: datetime) -> None:
    partners = list(Partner.objects.filter(pk__in=ids).order_by("pk"))
    locked = TierStanding.objects.select_for_update(of=("self",)).filter(partner_id__in=ids)
    standings = {row.partner_id: row for row in locked.order_by("pk")}
    newcomers = [partner for partner in partners if partner.pk not in standings]
    standings |= {row.partner_id: row for row in _enter(newcomers, tiers, today, at)}
    values = values_of(tiers, ids, today)
    by_pk = {tier.pk: tier for tier in tiers}
    for partner in partners:
        standing, own = standings[partner.pk], ladder_of(partner, tiers)
        standing.earned = highest_earned(own, values[partner.pk])
        standing.projection = _projection(by_pk.get(standing.tier_id or 0), own, values[partner.pk])
        standing.projected_at = at
    TierStanding.objects.bulk_update(standings.values(), PROJECTED)


def _enter(partners: list[Partner], tiers: list[Tier], today: date, at: datetime) -> list[TierStanding]:
    """Newcomers begin with the lowest tier that asks for nothing, or with none, until their first review."""
    rows, log = [], []
    for partner in partners:
        own = ladder_of(partner, tiers)
        first = next((tier for tier in own if not tier.criteria.all()), None)  # type: ignore[attr-defined]
        anchors = {"network_id": partner.network_id, "partner": partner}
        review_on = next_review(first or own[0], today)
        rows.append(
            TierStanding(
                **anchors, territory_id=partner.territory_id, tier=first, since=at, review_on=review_on
            )
        )
        log.append(TierReview(**anchors, outcome=Outcome.ENTERED, after=first, decided_at=at))
    TierStanding.objects.bulk_create(rows)
    TierReview.objects.bulk_create(log)
    return rows


def _projection(held: Tier | None, own: list[Tier], values: Values) -> dict[str, Any]:
    """The next tier above the held one, and the held one itself, with their criteria as they stand."""
    rank = held.rank if held else 0
    above = next((tier for tier in own if tier.rank > rank), None)
    return {"next": _stored(above, values), "held": _stored(held, values)}


def _stored(tier: Tier | None, values: Values) -> dict[str, Any] | None:
    if tier is None:
        return None
    return {
        "tier": tier.name,
        "match": tier.match,
        "lines": [line.stored() for line in lines_of(tier, values)],
    }


def _review_due(network_id: int, now: datetime, night: datetime, zone: ZoneInfo) -> list[int]:
    """Each in a transaction of its own, and only on last night's figures; returns whose turn it was."""
    today = now.astimezone(zone).date()
    with network_context(network_id):
        due = TierStanding.objects.filter(review_on__lte=today, projected_at__gte=night)
        over = TierStanding.objects.filter(override_until__lt=today)
        ids = sorted({*due.values_list("pk", flat=True), *over.values_list("pk", flat=True)})
    actor, reviewed = Actor.system("tiers", network_id), []
    for pk in ids:
        with network_context(network_id):
            standing = TierStanding.objects.get(pk=pk)
            reviewed.append(review_standing(standing=standing, actor=actor, at=now).partner_id)
    return reviewed
