"""`manage.py reconcile` finds a load that differs, and sets it right."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dnm.accounts.tenancy import network_context
from leads.domain.slots import open_leads
from leads.models import PartnerLoad
from tests.world import Net


def test_reconcile(voltara: Net) -> None:
    offer = voltara.offered()
    call_command("reconcile", stdout=StringIO())
    with network_context(voltara.network):
        PartnerLoad.objects.filter(partner=offer.partner).update(open=7)
    with pytest.raises(CommandError, match="1 partners differ"):
        call_command("reconcile", stdout=StringIO())
    call_command("reconcile", correct=True, stdout=StringIO())
    call_command("reconcile", stdout=StringIO())
    with network_context(voltara.network):
        assert open_leads(offer.partner) == 1
