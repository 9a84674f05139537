"""Questions about tiers. They change nothing. Other apps ask `entitlement`, by name."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from partners.models import Partner, Tier, TierBenefit, TierReview, TierStanding
from partners.permissions.tiers import TierCapability
from partners.states.tiers import entitlement_named

RISING = Q(earned__isnull=False) & (Q(tier=None) | Q(earned__rank__gt=F("tier__rank")))
FALLING = Q(tier__isnull=False) & (Q(earned=None) | Q(earned__rank__lt=F("tier__rank")))


def tier_at(partner: Partner, at: datetime) -> Tier | None:
    """The tier that counts for the partner at a moment, past ones included; one query."""
    rows = TierReview.objects.filter(partner=partner, decided_at__lte=at)
    newest: TierReview | None = (
        rows.select_related("after", "override_tier").order_by("-decided_at", "-pk").first()
    )
    found: Tier | None = newest.held_at(at) if newest else None
    return found


def entitlement(partner: Partner, name: str, at: datetime) -> Decimal:
    """What the partner is entitled to by its tier at a moment, by the benefit's name; two queries.

    In the benefit's unit (percent, days). What a tier gives is as the ladder says today: whoever needs the
    value of then keeps it with the own row. Raises LookupError for a name that nobody declared.
    """
    known = entitlement_named(name)
    if known is None:
        raise LookupError(f"no app has declared the entitlement {name}")
    tier = tier_at(partner, at)
    given = TierBenefit.objects.filter(tier=tier, entitlement=name) if tier else TierBenefit.objects.none()
    value: Decimal | None = given.values_list("value", flat=True).first()
    return known.nothing if value is None else value


def standing_of(partner_id: int, actor: Actor) -> TierStanding | None:
    """Where the partner stands, if the actor may see it; one query."""
    rows = TierStanding.objects.visible_to(actor, TierCapability.VIEW).filter(partner=partner_id)
    found: TierStanding | None = rows.select_related(
        "network", "partner", "tier", "earned", "override_tier"
    ).first()
    return found


def reviews_of(partner: Partner) -> Any:
    """What happened to its tier, newest first. Ask for the standing first: it decides who reads this."""
    rows = TierReview.objects.filter(partner=partner)
    related = ("before", "after", "override_tier", "decided_by__user")
    return rows.select_related(*related).order_by("-decided_at", "-pk")


def held_counts(actor: Actor) -> Counter[int]:
    """How many partners in sight hold each tier now, by the tier's key."""
    rows = TierStanding.objects.visible_to(actor, TierCapability.VIEW).order_by()
    held = rows.annotate(held=Coalesce("override_tier_id", "tier_id")).values_list("held", flat=True)
    return Counter(pk for pk in held if pk is not None)


def may_override(standing: TierStanding, actor: Actor) -> bool:
    """Whether the person may set this partner's tier by hand."""
    return may(actor, TierCapability.OVERRIDE, standing)
