"""What waits for a person, in the order in which it is shown."""

from datetime import datetime, timedelta

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy import network_context
from dnm.web.home import MOST_TASKS, tasks_for
from leads.models import Lead
from tests.partners.changing import bank_submitted
from tests.partners.taking_on import applied, open_track
from tests.world import NOW, Net


def waiting(net: Net, name: str, at: datetime = NOW) -> list[str]:
    """The links of the tasks, in their order."""
    with network_context(net.network):
        actor: Actor = net.actor(name)
        return [item.url for item in tasks_for(actor, at).items]


def test_no_kind_of_work_drowns_another(voltara: Net) -> None:
    """Thirteen applications, which have no day, and one change of a bank account, which has none either."""
    open_track(voltara)
    for number in range(MOST_TASKS + 1):
        applied(voltara, email=f"new{number}@voltara-new.example", organisation=f"New {number}")
    change = bank_submitted(voltara)
    links = waiting(voltara, "administrator", NOW + timedelta(hours=1))
    assert len(links) == MOST_TASKS
    with network_context(voltara.network):
        assert change.get_absolute_url() in links[:3]


def test_what_is_due_first_stands_first(voltara: Net) -> None:
    """An offer's clock before a lead that was accepted long ago."""
    with network_context(voltara.network):
        worked = voltara.accepted()
    later = voltara.offered(at=NOW + timedelta(minutes=5))
    sooner = voltara.offered()
    links = waiting(voltara, "sales_a", NOW + timedelta(minutes=6))
    assert [links.index(offer.get_absolute_url()) for offer in (sooner, later)] == [0, 1]
    with network_context(voltara.network):
        assert Lead.objects.get(pk=worked.pk).get_absolute_url() in links[2:]
