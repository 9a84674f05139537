"""Exits for tests, made by the verbs of the domain."""

from dnm.accounts.tenancy import network_context
from partners.domain.exits import settle_line
from partners.domain.partners import change_partner_state
from partners.models import Partner, SettlementItem
from tests.world import NOW, Net


def leaving(net: Net, key: str = "dealer_a") -> Partner:
    """A partner whose exit has begun."""
    with network_context(net.network):
        partner = Partner.objects.get(pk=net.partners[key].pk)
        actor = net.actor("administrator")
        return change_partner_state(
            partner=partner, transition="begin_exit", reason="Retires", actor=actor, at=NOW
        )


def settled(net: Net, partner: Partner, *, but: str = "") -> None:
    """Every line of its settlement, but one."""
    with network_context(net.network):
        for line in SettlementItem.objects.filter(partner=partner).exclude(source=but):
            settle_line(item=line, note="Done", actor=net.actor("administrator"), at=NOW)
