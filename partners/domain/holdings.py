"""Reading the roles that one member holds."""

from datetime import datetime

from dnm.accounts.models import Membership
from partners.domain.access import Holding, live_on
from partners.models import PartnerHolding, TerritoryHolding


def live_holdings(*, membership: Membership, at: datetime) -> list[Holding]:
    """The member's holdings that are valid at `at`, with their nodes; partners first. Two queries."""
    day = at.astimezone(membership.network.zone).date()
    return [
        holding
        for model in (PartnerHolding, TerritoryHolding)
        for holding in model.objects.filter(live_on(day), membership=membership)
        .select_related("permission", "content_object", "within_territory")
        .order_by("pk")
    ]
