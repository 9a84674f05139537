"""A partner leaves: what holds up the closing, and who lets it go."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.duties import OwnStep
from partners.domain.exits import (
    ask_waiver,
    close_settlement,
    lines_of,
    refuse_waiver,
    reopen_line,
    settle_line,
    settlement_of,
    waive_line,
    waivers_to_decide,
)
from partners.domain.partners import change_partner_state
from partners.models import ExitSettlement, Partner, SettlementItem
from partners.states import PartnerState
from partners.states import exits as registry
from partners.states.exits import SettlementSource, register_settlement
from tests.api.calling import Caller
from tests.partners.taking_off import leaving, settled
from tests.world import NOW, Net


@pytest.fixture(autouse=True)
def _sources_as_they_were() -> Iterator[None]:
    before = dict(registry._SOURCES)
    yield
    registry._SOURCES.clear()
    registry._SOURCES.update(before)


def close(net: Net, partner: Partner, by: str = "administrator") -> Partner:
    row = Partner.objects.get(pk=partner.pk)
    return change_partner_state(
        partner=row, transition="close", reason="All done", actor=net.actor(by), at=NOW
    )


def test_the_closing_waits_until_all_is_settled(voltara: Net) -> None:
    partner = leaving(voltara)
    with network_context(voltara.network):
        settlement = settlement_of(partner, voltara.actor("administrator"))
        assert settlement is not None
        lines = lines_of(settlement)
        assert [line.source for line in lines] == ["stock", "claims", "rebates", "payments", "returns"]
        assert (settlement.reason, settlement.begun_by) == ("Retires", voltara.members["administrator"])
        for line in lines:
            with pytest.raises(Conflict, match="still open"):
                close(voltara, partner)
            settle_line(item=line, note="Counted", actor=voltara.actor("zone_north"), at=NOW)
        assert close(voltara, partner).state == PartnerState.CLOSED
        assert ExitSettlement.objects.get().closed_at == NOW
        with pytest.raises(Conflict, match="over"):
            reopen_line(item=lines[0], reason="Oh", actor=voltara.actor("administrator"), at=NOW)


def test_a_waiver_takes_two_people_and_a_reason(voltara: Net) -> None:
    partner = leaving(voltara)
    settled(voltara, partner, but="claims")
    with network_context(voltara.network):
        line = SettlementItem.objects.get(source="claims")
        finance, administrator = voltara.actor("finance"), voltara.actor("administrator")
        with pytest.raises(Invalid):
            ask_waiver(item=line, reason=" ", actor=finance, at=NOW)
        ask_waiver(item=line, reason="Below ten euro", actor=finance, at=NOW)
        with pytest.raises(Conflict):
            close(voltara, partner)
        with pytest.raises(OwnStep):
            waive_line(item=line, actor=finance, at=NOW)
        with pytest.raises(NotAllowed):
            waive_line(item=line, actor=voltara.actor("zone_north"), at=NOW)
        assert list(waivers_to_decide(administrator)) == [line]
        assert list(waivers_to_decide(finance)) == []
        refuse_waiver(item=line, reason="Ask them once more", actor=administrator, at=NOW)
        ask_waiver(item=line, reason="They said no", actor=finance, at=NOW)
        line = waive_line(item=line, actor=administrator, at=NOW)
        assert (line.state, line.note) == ("waived", "They said no")
        assert close(voltara, partner).state == PartnerState.CLOSED


def test_the_database_holds_the_second_lock(voltara: Net) -> None:
    leaving(voltara)
    with network_context(voltara.network):
        line = SettlementItem.objects.get(source="claims")
        ask_waiver(item=line, reason="Small", actor=voltara.actor("finance"), at=NOW)
        rows = SettlementItem.objects.filter(pk=line.pk)
        for waived_by in (voltara.members["finance"], None):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(state="waived", waived_by=waived_by)
        rows.update(state="waived", waived_by=voltara.members["administrator"])


def test_an_app_that_knows_better_holds_its_own_line(voltara: Net) -> None:
    still = ["Two boxes are on the way."]
    register_settlement(SettlementSource("stock", "Stock", 10, lambda partner: still[0]))
    register_settlement(SettlementSource("training", "Training materials", 60))
    partner = leaving(voltara)
    with network_context(voltara.network):
        assert SettlementItem.objects.filter(partner=partner).count() == 6
        line = SettlementItem.objects.get(source="stock")
        with pytest.raises(Conflict, match="Two boxes"):
            settle_line(item=line, note="Counted", actor=voltara.actor("administrator"), at=NOW)
        still[0] = ""
        settle_line(item=line, note="Counted", actor=voltara.actor("administrator"), at=NOW)
    settled(voltara, partner, but="stock")
    with network_context(voltara.network):
        still[0] = "A box came back."
        with pytest.raises(Conflict, match="A box came back"):
            close(voltara, partner)
        still[0] = ""
        assert close(voltara, partner).state == PartnerState.CLOSED


def test_a_line_opened_again_meanwhile_holds_the_exit(voltara: Net) -> None:
    """As if it was opened again between the question and the closing."""
    partner = leaving(voltara)
    settled(voltara, partner, but="claims")
    with network_context(voltara.network):
        with pytest.raises(Conflict, match="1 line of the settlement is still open"):
            close_settlement(partner=partner, actor=voltara.actor("administrator"), at=NOW)
        assert ExitSettlement.objects.get().closed_at is None


def test_the_api_lists_by_partner_and_state_and_shows_what_may_be_done(
    voltara: Net,
) -> None:
    partner = leaving(voltara)
    with network_context(voltara.network):
        lines = list(SettlementItem.objects.order_by("position"))
        ask_waiver(item=lines[1], reason="Small", actor=voltara.actor("finance"), at=NOW)
    caller = Caller(voltara, "finance")
    caller.get("settlement-items/")
    with CaptureQueriesContext(connection) as one:
        (row,) = caller.get("settlement-items/", state="waiver_asked", partner=partner.uid).json()["results"]
    assert (row["line"], row["note"], row["actions"]) == ("claims", "Small", ["settle", "refuse_waiver"])
    with CaptureQueriesContext(connection) as five:
        assert len(caller.get("settlement-items/", running=True).json()["results"]) == 5
    assert len(five) <= len(one)
    settled(voltara, partner)
    with network_context(voltara.network):
        close(voltara, partner)
    assert caller.get("settlement-items/", running=True).json()["results"] == []
    rows = caller.get("settlement-items/", running=False).json()["results"]
    assert [row["actions"] for row in rows] == [[]] * 5


def test_who_sees_and_settles(voltara: Net) -> None:
    partner = leaving(voltara)
    with network_context(voltara.network):
        seen = {
            name
            for name in (
                "owner_a",
                "owner_north",
                "sales_a",
                "zone_north",
                "zone_south",
                "auditor",
                "finance",
            )
            if settlement_of(partner, voltara.actor(name)) is not None
        }
        assert seen == {"owner_a", "zone_north", "auditor", "finance"}
        line = SettlementItem.objects.get(source="stock")
        for name in ("owner_a", "auditor", "programme", "zone_south"):
            with pytest.raises(NotAllowed):
                settle_line(item=line, note="x", actor=voltara.actor(name), at=NOW)
