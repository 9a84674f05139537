"""Changes that take two people and their day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, Event
from dnm.events.receivers import receiver_named
from dnm.notifications.models import Notification
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.scoping.masks import HIDDEN
from dnm.workflow.duties import OwnStep
from partners.domain.changes.effects import account_of, take_change_effect, take_due_changes
from partners.domain.changes.queries import may_request, to_decide, values_of
from partners.domain.changes.requests import (
    approve_change,
    edit_change,
    reject_change,
    request_change,
    submit_change,
    withdraw_change,
)
from partners.models import BankAccount, ChangeRequest, Partner
from partners.models.changes import COOLING_OFF
from tests.world import NOW, Net

BANK = {
    "holder": "Dealer A Ltd", "bank_name": "First Bank", "account_number": "0011 2233 4455",
    "routing_code": "fbin0001",
}  # fmt: skip


def asked(net: Net, kind: str = "bank", by: str = "owner_a", partner: str = "dealer_a", **values: Any) -> Any:
    """A draft."""
    given = values or (BANK if kind == "bank" else {})
    return request_change(
        partner=Partner.objects.get(pk=net.partners[partner].pk),
        kind=kind,
        values=given,
        reason="Moved our business",
        actor=net.actor(by),
        at=NOW,
    )


def submitted(net: Net, kind: str = "bank", by: str = "owner_a", **values: Any) -> ChangeRequest:
    row = asked(net, kind, by, **values)
    return submit_change(request=row, actor=net.actor(by), at=NOW)


def approved(net: Net, kind: str = "bank", **values: Any) -> ChangeRequest:
    row = submitted(net, kind, **values)
    return approve_change(request=row, actor=net.actor("administrator"), at=NOW)


def test_a_bank_account_takes_two_people_and_a_week(voltara: Net) -> None:
    with network_context(voltara.network):
        row = submitted(voltara)
        assert row.account_number == "001122334455"
        row = approve_change(request=row, actor=voltara.actor("finance"), at=NOW)
        assert row.effective_at == NOW + COOLING_OFF
        dealer = Partner.objects.get(pk=row.partner_id)
        assert take_due_changes(voltara.network.pk, NOW + COOLING_OFF - timedelta(minutes=1)) == 0
        assert account_of(dealer, NOW + timedelta(days=6)) is None
        with pytest.raises(Conflict):
            take_change_effect(request=row, actor=voltara.system, at=NOW + timedelta(days=1))
    later = NOW + COOLING_OFF
    assert [take_due_changes(voltara.network.pk, later) for _ in range(2)] == [1, 0]
    with network_context(voltara.network):
        account = account_of(dealer, later)
        assert account is not None
        assert account.account_number == "001122334455"
        assert ChangeRequest.objects.get().state == "effective"


def test_the_second_account_ends_the_first_and_both_are_kept(voltara: Net) -> None:
    with network_context(voltara.network):
        approved(voltara)
    take_due_changes(voltara.network.pk, NOW + COOLING_OFF)
    with network_context(voltara.network):
        approved(voltara, **{**BANK, "account_number": "9999"})
    take_due_changes(voltara.network.pk, NOW + timedelta(days=30))
    with network_context(voltara.network):
        dealer = voltara.partners["dealer_a"]
        kept = list(BankAccount.objects.order_by("pk").values_list("account_number", "valid_to"))
        assert kept == [("001122334455", NOW + timedelta(days=30)), ("9999", None)]
        older = account_of(dealer, NOW + timedelta(days=10))
        assert older is not None
        assert older.account_number == "001122334455"


def test_who_asked_or_submitted_does_not_approve(voltara: Net) -> None:
    with network_context(voltara.network):
        administrator = voltara.actor("administrator")
        row = submitted(voltara, by="administrator")
        with pytest.raises(OwnStep):
            approve_change(request=row, actor=administrator, at=NOW)
        row = approve_change(request=row, actor=voltara.actor("finance"), at=NOW)
        withdraw_change(request=row, reason="Wrong bank", actor=administrator, at=NOW)
        row = asked(voltara, by="owner_a")
        row = submit_change(request=row, actor=administrator, at=NOW)
        with pytest.raises(OwnStep):
            approve_change(request=row, actor=administrator, at=NOW)


def test_who_edits_a_draft_asks_for_it(voltara: Net) -> None:
    with network_context(voltara.network):
        row = asked(voltara)
        administrator = voltara.actor("administrator")
        values = {**BANK, "account_number": "666" + "7"}
        edit_change(request=row, values=values, reason="Other account", actor=administrator, at=NOW)
        row = submit_change(request=row, actor=voltara.actor("owner_a"), at=NOW)
        with pytest.raises(OwnStep):
            approve_change(request=row, actor=administrator, at=NOW)


def test_the_database_holds_the_second_lock(voltara: Net) -> None:
    """Not even code that forgets the workflow approves its own, or skips the cooling-off."""
    with network_context(voltara.network):
        row = submitted(voltara)
        values = {"state": "approved", "decided_at": NOW, "effective_at": NOW + COOLING_OFF}
        with pytest.raises(DatabaseError), transaction.atomic():
            ChangeRequest.objects.filter(pk=row.pk).update(**values, decided_by=row.requested_by)
        other = voltara.members["finance"]
        with pytest.raises(DatabaseError), transaction.atomic():
            ChangeRequest.objects.filter(pk=row.pk).update(
                **{**values, "effective_at": NOW + timedelta(days=6)}, decided_by=other
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            ChangeRequest.objects.filter(pk=row.pk).update(state="approved")
        ChangeRequest.objects.filter(pk=row.pk).update(**values, decided_by=other)


def test_bank_changes_are_for_finance_and_administrators(voltara: Net) -> None:
    with network_context(voltara.network):
        row = submitted(voltara)
        for person in ("zone_north", "owner_north", "programme", "auditor"):
            with pytest.raises(NotAllowed):
                approve_change(request=row, actor=voltara.actor(person), at=NOW)
        assert list(to_decide(voltara.actor("zone_north"))) == []
        assert list(to_decide(voltara.actor("finance"))) == [row]


@pytest.mark.parametrize(
    ("person", "may"),
    [
        ("owner_a", True), ("administrator", True), ("zone_north", True), ("owner_north", False),
        ("sales_a", False), ("zone_south", False), ("owner_south", False), ("finance", False),
    ],
)  # fmt: skip
def test_who_asks(voltara: Net, person: str, may: bool) -> None:
    with network_context(voltara.network):
        partner = Partner.objects.get(pk=voltara.partners["dealer_a"].pk)
        assert may_request(partner, voltara.actor(person)) == may
        if may:
            asked(voltara, by=person)
        else:
            with pytest.raises(NotAllowed):
                asked(voltara, by=person)


def test_numbers_are_masked_by_relationship(voltara: Net) -> None:
    with network_context(voltara.network):
        row = submitted(voltara)
        seen = {
            person: {name: after for name, _label, _before, after in values_of(row, voltara.actor(person))}
            for person in ("owner_a", "finance", "zone_north", "owner_north", "auditor")
        }
        assert seen["owner_a"]["account_number"] == seen["finance"]["account_number"] == "001122334455"
        for person in ("zone_north", "owner_north", "auditor"):
            assert set(seen[person].values()) == {HIDDEN}
        told = " ".join(str(event.payload) for event in Event.objects.about(row))
        assert "001122334455" not in told


def test_relocation_ownership_and_territory_take_effect_on_their_day(voltara: Net) -> None:
    day = date(2026, 12, 1)
    with network_context(voltara.network):
        rows = [
            approved(voltara, "relocation", address="New Road 1", postal_code="SA1"),
            approved(voltara, "ownership", legal_name="New Owner Ltd", owner_name="Ravi"),
        ]
        row = request_change(
            partner=Partner.objects.get(pk=voltara.partners["dealer_a"].pk), kind="territory",
            values={"new_territory": voltara.territories["south_a"]}, reason="Redrawn", wanted_on=day,
            actor=voltara.actor("zone_north"), at=NOW,
        )  # fmt: skip
        submit_change(request=row, actor=voltara.actor("zone_north"), at=NOW)
        row = approve_change(request=row, actor=voltara.actor("administrator"), at=NOW)
        assert row.before == {"new_territory": "Voltara north_a"}
        assert row.effective_at == datetime.combine(day, datetime.min.time(), voltara.network.zone)
    assert len(rows) == 2
    assert take_due_changes(voltara.network.pk, NOW) == 2
    with network_context(voltara.network):
        dealer = Partner.objects.get(pk=voltara.partners["dealer_a"].pk)
        assert (dealer.address, dealer.postal_code, dealer.latitude) == ("New Road 1", "SA1", 13.01)
        assert dealer.legal_name == "New Owner Ltd"
        assert dealer.territory == voltara.territories["north_a"]
    assert take_due_changes(voltara.network.pk, NOW + timedelta(days=10)) == 1
    with network_context(voltara.network):
        assert Partner.objects.get(pk=dealer.pk).territory == voltara.territories["south_a"]


def test_an_approved_change_is_stopped_before_its_day(voltara: Net) -> None:
    with network_context(voltara.network):
        row = approved(voltara)
        with pytest.raises(Invalid):
            reject_change(request=row, reason=" ", actor=voltara.actor("finance"), at=NOW)
        reject_change(
            request=row, reason="The dealer knows nothing of it", actor=voltara.actor("finance"), at=NOW
        )
    assert take_due_changes(voltara.network.pk, NOW + timedelta(days=30)) == 0
    with network_context(voltara.network):
        assert not BankAccount.objects.exists()
        asked(voltara)
        with pytest.raises(Conflict, match="open already"):
            asked(voltara)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("bank", {**BANK, "account_number": "12-34/5"}, "account_number"),
        ("bank", {**BANK, "holder": ""}, "holder"),
        ("bank", {**BANK, "address": "x"}, "address"),
        ("relocation", {"address": "x", "postal_code": "1", "latitude": 2.0}, "latitude"),
        ("ownership", {"legal_name": "x"}, "owner_name"),
        ("territory", {"new_territory": None}, "new_territory"),
    ],
)
def test_values_are_those_of_the_kind(voltara: Net, kind: str, values: dict[str, Any], field: str) -> None:
    with network_context(voltara.network):
        with pytest.raises(Invalid) as refused:
            asked(voltara, kind, **values)
        assert field in refused.value.fields


def test_deciders_and_then_the_partner_are_told(voltara: Net) -> None:
    def told(kind: str) -> set[str]:
        for delivery in Delivery.objects.filter(receiver="partners.tell_of_change", state="pending"):
            receiver = receiver_named(delivery.receiver)
            assert receiver is not None
            receiver.function(Event.objects.get(pk=delivery.event_id))
            Delivery.objects.filter(pk=delivery.pk).update(state="done")
        rows = Notification.objects.filter(kind=kind).values_list("membership__user__email", flat=True)
        return {email.partition("@")[0] for email in rows}

    with network_context(voltara.network):
        row = submitted(voltara)
        assert told("partners.change_submitted") == {"administrator", "finance"}
        approve_change(request=row, actor=voltara.actor("finance"), at=NOW)
        assert told("partners.change_approved") == {"owner_a"}
