"""Notifications as rows: once, for whom, in whose words."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from dnm.accounts.models import Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from dnm.notifications.inbox import since
from dnm.notifications.kinds import NotificationKind, kind_named, register_kind
from dnm.notifications.models import Channel, Notification, Preference
from dnm.notifications.preferences import set_preferences, wishes_of
from dnm.notifications.sending import notify
from tests.notifications.trio import RUNG, URGENT, BellRung, Trio, make_trio, ring_event
from tests.world import Net


@pytest.fixture
def trio(db: None) -> Trio:
    return make_trio()


def test_one_event_tells_a_member_once(trio: Trio) -> None:
    with network_context(trio.dealer.network):
        event = ring_event(trio.dealer.network)
        tell = partial(notify, kind=RUNG, subject=trio.dealer.membership, facts={}, event=event)
        first = tell(recipients=[trio.dealer.membership])
        again = tell(recipients=[trio.dealer.membership, trio.rival.membership])
    assert [row.membership_id for row in first] == [trio.dealer.membership.pk]
    assert [row.membership_id for row in again] == [trio.rival.membership.pk]
    assert len(trio.dealer.notifications()) == 1


def test_locked_members_are_not_told(trio: Trio) -> None:
    trio.rival.membership.state = MembershipState.LOCKED
    assert len(trio.ring(trio.dealer, trio.rival)) == 1


def test_a_member_of_another_network_cannot_be_told(trio: Trio) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        trio.ring(trio.dealer, trio.stranger)
        with pytest.raises(IntegrityError, match="member_fk"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_only_facts_that_the_wording_names_are_kept(trio: Trio) -> None:
    with pytest.raises(ValueError, match="phone"):
        trio.ring(trio.dealer, place="Pune", phone="+91 98 1234 5678")
    assert trio.dealer.notifications() == []


def test_the_text_is_written_for_the_reader(trio: Trio) -> None:
    (row,) = trio.ring(trio.dealer, place="Pune", distance=1.5, due="2026-11-23T06:30:00+00:00")
    with timezone.override(trio.dealer.network.zone):
        assert (row.title, row.text) == ("Bell in Pune", "1.5 km away, answer by 23 Nov, 12:00.")
        with translation.override("de"):
            assert row.text.startswith("1,5 km")
    assert row.details == [("Distance", "1.5 km")]


def test_wordings_change_and_old_rows_stay_readable(trio: Trio) -> None:
    (row,) = trio.ring(trio.dealer, place="Pune")
    assert row.text.startswith("\N{EN DASH} km away")
    row.kind = "tests.forgotten"
    assert (row.title, row.text, row.urgent) == ("tests.forgotten", "", False)


def test_facts_cannot_reach_into_objects(trio: Trio) -> None:
    (row,) = trio.ring(trio.dealer, place="{place.__class__} {0}")
    assert row.title == "Bell in {place.__class__} {0}"


def test_a_kind_is_declared_once() -> None:
    assert kind_named(RUNG.name) is RUNG
    with pytest.raises(ValueError, match="twice"):
        register_kind(NotificationKind(name=RUNG.name, title="Other", text="", capability=RUNG.capability))


@pytest.mark.parametrize(
    ("chosen", "portal", "mailed"),
    [
        ({}, True, True),
        ({Channel.EMAIL: False}, True, False),
        ({Channel.PORTAL: False}, False, True),
        ({Channel.PORTAL: False, Channel.EMAIL: False}, None, None),
    ],
)
def test_preferences_decide_where(trio: Trio, chosen: Any, portal: bool | None, mailed: bool | None) -> None:
    with network_context(trio.dealer.network):
        for channel, enabled in chosen.items():
            Preference.objects.create(
                membership=trio.dealer.membership, kind=RUNG.name, channel=channel, enabled=enabled
            )
    rows = trio.ring(trio.dealer, trio.rival)
    mine = [row for row in rows if row.membership_id == trio.dealer.membership.pk]
    assert len(rows) == len(mine) + 1
    assert [(row.in_portal, row.email_due_at is not None) for row in mine] == (
        [] if portal is None else [(portal, mailed)]
    )
    with network_context(trio.dealer.network):
        news, _position = since(trio.dealer.actor, "")
    assert len(news) == (1 if portal else 0)


def test_what_has_a_clock_cannot_be_switched_off(trio: Trio) -> None:
    with network_context(trio.dealer.network):
        Preference.objects.create(
            membership=trio.dealer.membership, kind=URGENT.name, channel=Channel.PORTAL, enabled=False
        )
    (row,) = trio.ring(trio.dealer, kind=URGENT)
    assert row.in_portal


def test_choices_are_kept_as_differences_from_the_default(voltara: Net) -> None:
    with network_context(voltara.network):
        actor = voltara.actor("sales_a")
        names = {wish.kind.name for wish in wishes_of(actor)}
        assert "leads.offer_made" in names
        assert "leads.lead_sent_to_desk" not in names
        set_preferences(actor=actor, wanted={"leads.offer_made": [], "leads.lead_sent_to_desk": ["email"]})
        kept = Preference.objects.visible_to(actor).values_list("kind", "channel", "enabled")
        assert ("leads.offer_made", "email", False) in kept
        assert not kept.filter(kind="leads.lead_sent_to_desk").exists()
        assert not kept.filter(kind="leads.offer_made", channel=Channel.PORTAL).exists()
        everything = {wish.kind.name: ["portal", "email"] for wish in wishes_of(actor)}
        set_preferences(actor=actor, wanted=everything)
        assert ("leads.offer_made", "email") not in kept.values_list("kind", "channel")


def test_rows_of_a_network_stay_in_it(trio: Trio) -> None:
    trio.ring(trio.dealer)
    trio.ring(trio.stranger)
    with network_context(trio.stranger.network):
        assert {row.membership_id for row in Notification.objects.all()} == {trio.stranger.membership.pk}
        assert BellRung.kind in {row.event.kind for row in Notification.objects.select_related("event")}
        assert Membership.objects.count() == 1
