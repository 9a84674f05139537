"""Separation of duties: who took an earlier step of a row cannot take a later one, on any road."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.events.publishing import publish
from dnm.workflow.duties import OwnStep, different, remember_steps, undeclared
from dnm.workflow.flows import advance, all_workflows, available
from dnm.workflow.management.commands.write_flows import flows_page
from partners.domain.partners import change_partner_state
from partners.models import Partner
from partners.states import PARTNER_FLOW
from tests.flows.rows import brought_to
from tests.flows.test_cells import KINDS, CellTaken, outcome, workflow_of
from tests.world import NOW, Net


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner that is suspended by one person is resumed by another."""
    kept = replace(PARTNER_FLOW["resume"], distinct_from=("suspend",))
    monkeypatch.setitem(PARTNER_FLOW.transitions, "resume", kept)


def suspended(net: Net, by: str = "administrator") -> Partner:
    partner = net.partners["dealer_b"]
    partner.refresh_from_db()
    return change_partner_state(
        partner=partner, transition="suspend", reason="Dues", actor=net.actor(by), at=NOW
    )


def why_not(partner: Partner, actor: Any) -> str:
    return next(one.why_not for one in available(partner, actor) if one.transition.name == "resume")


@pytest.mark.usefixtures("apart")
def test_who_took_the_earlier_step_is_refused_and_told_why(voltara: Net) -> None:
    with network_context(voltara.network):
        partner = suspended(voltara)
        own, other = voltara.actor("administrator"), voltara.actor("zone_north")
        assert "Suspend" in why_not(partner, own)
        assert why_not(partner, other) == ""
        with pytest.raises(OwnStep) as refused:
            change_partner_state(partner=partner, transition="resume", actor=own, at=NOW)
        assert refused.value.code == "own-step"
        assert Partner.objects.get(pk=partner.pk).state == "suspended"
        change_partner_state(partner=partner, transition="resume", actor=other, at=NOW)
        assert Partner.objects.get(pk=partner.pk).state == "live"


@pytest.mark.usefixtures("apart")
def test_it_is_read_from_the_log_and_forgets_nothing(voltara: Net) -> None:
    """Suspended by two people in turn: both are out, whoever was the last."""
    with network_context(voltara.network):
        partner = suspended(voltara, "administrator")
        change_partner_state(partner=partner, transition="resume", actor=voltara.actor("zone_north"), at=NOW)
        partner = suspended(voltara, "zone_north")
        for name in ("administrator", "zone_north"):
            with pytest.raises(OwnStep):
                change_partner_state(partner=partner, transition="resume", actor=voltara.actor(name), at=NOW)
        step = Event.objects.about(partner).first()
        assert step is not None
        assert step.payload["transition"] == "suspend"


@pytest.mark.usefixtures("apart")
def test_another_rows_steps_do_not_count(voltara: Net) -> None:
    with network_context(voltara.network):
        suspended(voltara)
        other = voltara.partners["dealer_a"]
        other.refresh_from_db()
        actor = voltara.actor("administrator")
        other = change_partner_state(
            partner=other, transition="suspend", reason="x", actor=voltara.actor("zone_north"), at=NOW
        )
        change_partner_state(partner=other, transition="resume", actor=actor, at=NOW)


@pytest.mark.usefixtures("apart")
def test_both_seats_of_a_delegation_count(voltara: Net) -> None:
    """In whose name, and who did it: neither of the two takes the second step, in neither seat."""
    with network_context(voltara.network):
        stand_in = replace(voltara.actor("zone_north"), on_behalf_of=voltara.members["administrator"])
        partner = voltara.partners["dealer_b"]
        partner.refresh_from_db()
        partner = change_partner_state(
            partner=partner, transition="suspend", reason="Dues", actor=stand_in, at=NOW
        )
        row = Event.objects.about(partner)[0]
        assert row.membership == voltara.members["zone_north"]
        assert row.on_behalf_of == voltara.members["administrator"]
        third = replace(voltara.actor("zone_north"), membership=voltara.members["programme"])
        for actor in (
            voltara.actor("administrator"),
            voltara.actor("zone_north"),
            replace(third, on_behalf_of=voltara.members["administrator"]),
        ):
            with pytest.raises(OwnStep):
                change_partner_state(partner=partner, transition="resume", actor=actor, at=NOW)
        change_partner_state(partner=partner, transition="resume", actor=third, at=NOW)


@pytest.mark.usefixtures("apart")
def test_a_step_that_follows_is_not_lifted_and_the_system_is_nobody(voltara: Net) -> None:
    with network_context(voltara.network):
        partner = suspended(voltara)
        with pytest.raises(OwnStep):
            advance(
                partner,
                "resume",
                actor=voltara.actor("administrator"),
                at=NOW,
                event=CellTaken(),
                authorised=True,
            )
        advance(partner, "resume", actor=voltara.system, at=NOW, event=CellTaken(), authorised=True)


@pytest.mark.usefixtures("apart")
def test_an_event_counts_as_a_step_too(voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = replace(PARTNER_FLOW["resume"], distinct_from=(CellTaken.kind,))
    monkeypatch.setitem(PARTNER_FLOW.transitions, "resume", kept)
    with network_context(voltara.network):
        partner = suspended(voltara, "zone_north")
        actor = voltara.actor("administrator")
        assert why_not(partner, actor) == ""
        publish(CellTaken(), subject=partner, actor=actor, at=NOW)
        assert "Step" in why_not(partner, actor)


@pytest.mark.usefixtures("apart")
def test_the_page_and_the_api_refuse_it(voltara: Net) -> None:
    with network_context(voltara.network):
        partner = suspended(voltara)
    address = f"/api/v1/partners/{partner.uid}/"
    client = Client()
    own = client.get(address, headers=voltara.bearer("administrator")).json()
    other = client.get(address, headers=voltara.bearer("zone_north")).json()
    assert "resume" not in own["actions"]
    assert "resume" in other["actions"]
    client.force_login(voltara.members["administrator"].user)
    session = client.session
    session["network"] = voltara.network.pk
    session.save()
    page = client.get(f"/partners/{partner.uid}/", headers={"host": voltara.host})
    assert "somebody else must take this one" in page.content.decode()


@pytest.mark.usefixtures("apart")
def test_a_page_of_rows_is_read_at_once(voltara: Net) -> None:
    with network_context(voltara.network):
        suspended(voltara)
        rows = list(Partner.objects.filter(code__startswith="dealer"))
        actor = voltara.actor("administrator")
        remember_steps(rows)
        with CaptureQueriesContext(connection) as asked:
            found = {row.code: [one.why_not for one in available(row, actor)] for row in rows}
        assert len(asked) == 0
        assert any(found["dealer_b"])
        assert not any(found["dealer_c"])


@pytest.mark.usefixtures("apart")
def test_the_flows_page_says_it() -> None:
    assert "not by who took “Suspend”" in flows_page()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_declared_separation(voltara: Net, name: str) -> None:
    """For each transition that is kept apart: who took the earlier step is refused, another is not."""
    flow = workflow_of(name)
    for transition in flow.transitions.values():
        assert undeclared(transition.distinct_from, flow.transitions) == []
        for earlier in transition.distinct_from:
            with network_context(voltara.network):
                row = brought_to(voltara, name, min(transition.sources))
                able = [
                    actor
                    for person in voltara.members
                    if outcome(voltara, name, row, transition, actor := voltara.actor(person)) == "done"
                ]
                assert len(able) > 1, f"{name}.{transition.name}: nobody else could take it"
                extra = {"transition": earlier} if earlier in flow.transitions else {}
                mark = transaction.savepoint()
                publish(CellTaken(), subject=row, actor=able[0], at=NOW, extra=extra)
                if extra:
                    assert outcome(voltara, name, row, transition, able[0]) == "not allowed"
                    assert outcome(voltara, name, row, transition, able[1]) == "done"
                transaction.savepoint_rollback(mark)


def test_the_declared_steps_exist() -> None:
    for flow in all_workflows().values():
        for transition in flow.transitions.values():
            assert undeclared(transition.distinct_from, flow.transitions) == []


@pytest.mark.django_db
def test_the_check_refuses_the_same_person_twice() -> None:
    """The constraint as SQL, over a table of its own: equal is refused, empty is not."""
    check = different("submitted_by", "approved_by", "paid_by", name="different_people")
    names = ("submitted_by", "approved_by", "paid_by")
    fields: dict[str, Any] = {name: models.IntegerField(null=True) for name in names}
    meta = type("Meta", (), {"app_label": "workflow", "constraints": [check]})
    model = type("Paid", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    from django.apps import apps

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE workflow_paid"
                " (id serial, submitted_by int, approved_by int, paid_by int)"
            )
            sql = str(check.create_sql(model, connection.schema_editor()))
            cursor.execute(sql)
            for good in ((1, None, None), (1, 2, None), (1, 2, 3), (None, None, None)):
                cursor.execute("INSERT INTO workflow_paid VALUES (DEFAULT, %s, %s, %s)", good)
            for bad in ((1, 1, None), (1, 2, 1), (None, 2, 2)):
                with pytest.raises(IntegrityError), transaction.atomic():
                    cursor.execute("INSERT INTO workflow_paid VALUES (DEFAULT, %s, %s, %s)", bad)
    finally:
        del apps.all_models["workflow"]["paid"]
        apps.clear_cache()


def test_the_check_needs_two_columns() -> None:
    with pytest.raises(ValueError, match="two columns"):
        different("approved_by", name="alone")
