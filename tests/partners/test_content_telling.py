"""Readers of publications: told in batches, once, and reminded."""

from datetime import timedelta
from typing import Any

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.notifications.models import Notification
from partners.domain.content.publishing import revise_publication, withdraw_publication
from partners.domain.content.reading import acknowledge_publication
from partners.domain.content.telling import remind_readers, tell_audiences, tell_some
from partners.models import Publication
from partners.receivers.content import tell_readers
from tests.partners.publishing import published
from tests.world import NOW, Net

DAY = timedelta(days=1)


def told(net: Net, kind: str) -> set[str]:
    with network_context(net.network):
        rows = Notification.objects.filter(kind=f"partners.publication_{kind}").select_related("membership")
        by_id = {member.pk: name for name, member in net.members.items()}
        names = [by_id[row.membership_id] for row in rows]
        assert len(names) == len(set(names))
        return set(names)


def test_readers_are_told_in_batches_and_once(voltara: Net) -> None:
    row = published(voltara, for_roles=["sales", "auditor"], is_mandatory=True)
    with network_context(voltara.network):
        event = Event.objects.get(kind="partners.publication_published")
        Publication.objects.filter(pk=row.pk).update(notice=event)
        assert tell_some(publication_id=row.pk, at=NOW, most=2) == 2
    assert len(told(voltara, "to_acknowledge")) == 2
    tell_audiences(voltara.network.pk, NOW)
    assert told(voltara, "to_acknowledge") == {"sales_a", "sales_b", "sales_c", "retail_a", "auditor"}
    tell_audiences(voltara.network.pk, NOW)
    with network_context(voltara.network):
        tell_readers(event)
        assert Publication.objects.get(pk=row.pk).notice is None
    assert len(told(voltara, "to_acknowledge")) == 5
    assert told(voltara, "published") == set()


def test_withdrawn_means_nobody_is_told_any_more(voltara: Net) -> None:
    row = published(voltara)
    with network_context(voltara.network):
        event = Event.objects.get(kind="partners.publication_published")
        Publication.objects.filter(pk=row.pk).update(notice=event)
        withdraw_publication(publication=row, reason="So", actor=voltara.actor("administrator"), at=NOW)
        tell_readers(event)
    tell_audiences(voltara.network.pk, NOW)
    assert told(voltara, "published") == set()


def test_who_has_not_acknowledged_is_reminded_each_time_once(voltara: Net) -> None:
    row = published(voltara, for_roles=["sales"], is_mandatory=True)
    published(voltara, for_roles=["sales"])
    with network_context(voltara.network):
        acknowledge_publication(publication=row, actor=voltara.actor("sales_a"), at=NOW)

    def reminders(at: Any) -> list[int]:
        remind_readers(voltara.network.pk, at)
        with network_context(voltara.network):
            rows = Event.objects.filter(kind="partners.publication_reminded").order_by("pk")
            return [event.payload["days"] for event in rows]

    assert reminders(NOW + 2 * DAY) == []
    assert reminders(NOW + 4 * DAY) == [3]
    assert reminders(NOW + 4 * DAY) == [3]
    with network_context(voltara.network):
        tell_readers(Event.objects.get(kind="partners.publication_reminded"))
    assert told(voltara, "reminded") == {"sales_b", "sales_c", "retail_a"}
    assert reminders(NOW + 15 * DAY) == [3, 14]
    assert reminders(NOW + 16 * DAY) == [3, 14]


def test_a_version_to_read_anew_is_told_to_those_who_have_to(voltara: Net) -> None:
    row = published(voltara, for_roles=["sales"], is_mandatory=True)
    with network_context(voltara.network):
        words = {"body": "x", "what_changed": "y", "actor": voltara.actor("programme"), "at": NOW + DAY}
        row = revise_publication(publication=row, is_anew=True, **words)
        acknowledge_publication(publication=row, actor=voltara.actor("sales_b"), at=NOW + DAY)
        tell_readers(Event.objects.get(kind="partners.publication_revised"))
    assert told(voltara, "to_acknowledge") == {"sales_a", "sales_c", "retail_a"}


def test_a_version_with_a_comma_more_asks_nobody_to_acknowledge(voltara: Net) -> None:
    row = published(voltara, for_roles=["sales"], is_mandatory=True)
    with network_context(voltara.network):
        words = {"body": "x", "what_changed": "y", "actor": voltara.actor("programme"), "at": NOW + DAY}
        revise_publication(publication=row, is_anew=False, **words)
        tell_readers(Event.objects.get(kind="partners.publication_revised"))
    assert told(voltara, "to_acknowledge") == set()
    assert told(voltara, "published") == {"sales_a", "sales_b", "sales_c", "retail_a"}
