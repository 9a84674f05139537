"""The routing policy in force."""

from datetime import datetime

from django.db import transaction

from dnm.accounts.actors import Actor
from dnm.scoping.authority import authorise
from leads.models import RoutingPolicy
from leads.permissions import LeadCapability


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
    """Put a new version in force. Earlier decisions keep naming theirs."""
    authorise(actor, LeadCapability.MANAGE_DESK, system=True)
    return RoutingPolicy.objects.create(
        network_id=actor.network_id,
        version=current_policy(actor.network_id).version + 1,
        offer_minutes=offer_minutes,
        radius_km=radius_km,
        max_offers=max_offers,
        max_wait_minutes=max_wait_minutes,
        created_at=at,
    )
