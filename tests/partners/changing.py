"""Change requests for tests, made by the verbs of the domain."""

from datetime import timedelta

from dnm.accounts.tenancy import network_context
from partners.domain.changes.effects import take_due_changes
from partners.domain.changes.requests import approve_change, request_change, submit_change
from partners.models import ChangeRequest, Partner
from tests.world import NOW, Net


def bank_submitted(net: Net) -> ChangeRequest:
    """Dealer A's bank account, asked for by its owner."""
    title = net.network.name
    with network_context(net.network):
        owner = net.actor("owner_a")
        row = request_change(
            partner=Partner.objects.get(pk=net.partners["dealer_a"].pk),
            kind="bank",
            values={
                "holder": f"{title} Holder",
                "bank_name": f"{title} Bank",
                "account_number": "12345678",
                "routing_code": "BANK0001",
            },
            reason=f"{title} reason",
            actor=owner,
            at=NOW,
        )
        return submit_change(request=row, actor=owner, at=NOW)


def bank_changed(net: Net) -> None:
    """The same, approved by another person, and in effect."""
    row = bank_submitted(net)
    with network_context(net.network):
        approve_change(request=row, actor=net.actor("administrator"), at=NOW)
    take_due_changes(net.network.pk, NOW + timedelta(days=8))
