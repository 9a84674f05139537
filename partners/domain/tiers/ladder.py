"""The ladder of a network: its tiers, what earns them, what they give."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.metrics.declaring import metric_named
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from partners.events.tiers import TierChanged
from partners.models import Partner, PartnerKind, Tier, TierBenefit, TierCriterion
from partners.permissions.tiers import TierCapability
from partners.states.tiers import entitlement_named

Part = TypeVar("Part", Tier, TierCriterion, TierBenefit)
MANAGE = TierCapability.MANAGE_LADDER
LONGEST_WINDOW, LONGEST_GRACE = 1096, 366


def ladder() -> list[Tier]:
    """The network's tiers with criteria and benefits, the lowest first."""
    return list(Tier.objects.prefetch_related("criteria", "benefits").order_by("rank"))


def ladder_of(partner: Partner, tiers: Collection[Tier] | None = None) -> list[Tier]:
    """The tiers that partners of this kind may hold, the lowest first."""
    return [tier for tier in (ladder() if tiers is None else tiers) if partner.kind in tier.kinds]


@transaction.atomic
def put_tier(*, values: Mapping[str, Any], actor: Actor, at: datetime, tier: Tier | None = None) -> Tier:
    """Add a tier, or change `tier`. `values` are its columns. Who holds it now keeps it until a review."""
    kinds = values.get("kinds", tier.kinds if tier else [])
    faults = {}
    if not kinds or set(kinds) - (set(PartnerKind.values) - {PartnerKind.BRAND_OWNER}):
        faults["kinds"] = _("Choose for whom.")
    if not 0 <= values.get("grace_days", 0) <= LONGEST_GRACE:
        faults["grace_days"] = _("Between %(least)s and %(most)s.") % {"least": 0, "most": LONGEST_GRACE}
    if values.get("rank", 1) < 1:
        faults["rank"] = _("1 is the lowest.")
    if faults:
        raise Invalid(fields=faults)
    return _put(tier or Tier(), values, actor, at)


@transaction.atomic
def put_criterion(
    *, values: Mapping[str, Any], actor: Actor, at: datetime, criterion: TierCriterion | None = None
) -> TierCriterion:
    """Add a criterion to a tier, or change `criterion`. It counts from the next night on."""
    faults = {}
    if "metric" in values and metric_named(values["metric"]) is None:
        faults["metric"] = _("There is no such figure.")
    if values.get("value", 0) < 0:
        faults["value"] = _("Not below nothing.")
    if not 1 <= values.get("window_days", 1) <= LONGEST_WINDOW:
        faults["window_days"] = _("Between %(least)s and %(most)s.") % {"least": 1, "most": LONGEST_WINDOW}
    if faults:
        raise Invalid(fields=faults)
    return _put(criterion or TierCriterion(), values, actor, at)


@transaction.atomic
def put_benefit(
    *, values: Mapping[str, Any], actor: Actor, at: datetime, benefit: TierBenefit | None = None
) -> TierBenefit:
    """Let a tier give something, or change `benefit`. It counts at once for whoever holds the tier."""
    faults = {}
    if "entitlement" in values and entitlement_named(values["entitlement"]) is None:
        faults["entitlement"] = _("No app knows this benefit.")
    if values.get("value", 0) < 0:
        faults["value"] = _("Not below nothing.")
    if faults:
        raise Invalid(fields=faults)
    return _put(benefit or TierBenefit(), values, actor, at)


@transaction.atomic
def remove_part(*, part: Tier | TierCriterion | TierBenefit, actor: Actor, at: datetime) -> None:
    """Take a criterion or a benefit away, or a tier that nobody ever held."""
    authorise_everywhere(actor, MANAGE, system=True)
    tier = part if isinstance(part, Tier) else part.tier
    publish(TierChanged(part=str(part), verb="removed"), subject=tier, actor=actor, at=at)
    try:
        with transaction.atomic():
            part.delete()
    except (ProtectedError, IntegrityError) as error:
        told = _("Partners hold or held this tier: give it another name or make it harder instead.")
        raise Conflict(told, code="tier-held") from error


def _put(part: Part, values: Mapping[str, Any], actor: Actor, at: datetime) -> Part:
    authorise_everywhere(actor, MANAGE, system=True)
    part.network_id = actor.network_id
    for name, value in values.items():
        setattr(part, name, value)
    try:
        with transaction.atomic():
            part.save()
    except IntegrityError as error:
        raise Conflict(_("There is one already, or the values do not fit."), code="part") from error
    tier = part if isinstance(part, Tier) else part.tier
    publish(TierChanged(part=str(part), verb="put"), subject=tier, actor=actor, at=at)
    return part
