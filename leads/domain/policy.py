"""The routing policy in force."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise_everywhere
from dnm.scoping.errors import Conflict, Invalid
from leads.events import RoutingPolicyPublished
from leads.models import RoutingPolicy
from leads.permissions import LeadCapability

A_MONTH = 31 * 24 * 60
HALF_THE_GLOBE_KM = 20_000
MOST_OFFERS = 50


def current_policy(network_id: int) -> RoutingPolicy:
    """The newest version; a network that never set one gets the defaults, as version 1."""
    newest = RoutingPolicy.objects.order_by("-version").first()
    if newest is None:
        newest, _made = RoutingPolicy.objects.get_or_create(network_id=network_id, version=1)
    return newest


@transaction.atomic
def publish_policy(
    *,
    offer_minutes: int,
    radius_km: int,
    max_offers: int,
    max_wait_minutes: int,
    actor: Actor,
    at: datetime,
) -> RoutingPolicy:
    """Put a new version in force for the whole network. Earlier decisions keep naming theirs.

    Raises `NotAllowed`, `Invalid` (fields named), and `Conflict` when another version came in meanwhile.
    """
    authorise_everywhere(actor, LeadCapability.MANAGE_ROUTING, system=True)
    _check_limits(
        offer_minutes=(offer_minutes, 1, A_MONTH),
        radius_km=(radius_km, 1, HALF_THE_GLOBE_KM),
        max_offers=(max_offers, 1, MOST_OFFERS),
        max_wait_minutes=(max_wait_minutes, 0, A_MONTH),
    )
    version = current_policy(actor.network_id).version + 1
    try:
        with transaction.atomic():
            policy = RoutingPolicy.objects.create(
                network_id=actor.network_id,
                version=version,
                offer_minutes=offer_minutes,
                radius_km=radius_km,
                max_offers=max_offers,
                max_wait_minutes=max_wait_minutes,
                created_at=at,
            )
    except IntegrityError as error:
        raise Conflict(
            _("Another version came into force just now: reload to see it."), code="policy-changed"
        ) from error
    publish(RoutingPolicyPublished(version=version), subject=policy, actor=actor, at=at)
    return policy


def _check_limits(**limits: tuple[int, int, int]) -> None:
    """Each value with the smallest and the largest that make sense."""
    faults = {
        name: _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
        for name, (value, least, most) in limits.items()
        if not least <= value <= most
    }
    if faults:
        raise Invalid(fields=faults)
