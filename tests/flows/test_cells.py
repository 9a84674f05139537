"""Every cell: for each workflow, state, transition and person, who may, who may not, and what comes of it.

Who should be able to is written down here once more, from the spec, and not asked of the scope.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy import network_context
from dnm.events.kinds import DomainEvent
from dnm.events.models import Event
from dnm.scoping.capabilities import roles_with
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.flows import advance, all_workflows, available
from leads.models import Lead, Offer
from leads.permissions import LeadCapability, OfferCapability
from partners.permissions import PartnerCapability
from partners.permissions.changes import ChangeCapability
from partners.permissions.content import ContentCapability
from partners.permissions.documents import DocumentCapability
from partners.roles import STAFF_ROLES, Role
from tests.flows.rows import KINDS, brought_to, states_of, workflow_of
from tests.world import NOW, PEOPLE, Net

WORKFLOWS = sorted(KINDS)
ROLE_OF = {name: role for name, _partner, role, _tree, _node in PEOPLE}
OUT_OF_REACH = {"zone_south", "owner_south", "sales_c"}
"""Their territory or partner lies elsewhere: to them the row is not there."""
OWN = {
    LeadCapability.VIEW_CONTACT,
    LeadCapability.WORK,
    LeadCapability.RECYCLE,
    OfferCapability.ANSWER,
    ChangeCapability.REQUEST,
    DocumentCapability.UPLOAD,
    ContentCapability.MANAGE,
}
"""Of a partner's people only those of the row's own partner have these."""


@dataclass(frozen=True, kw_only=True)
class CellTaken(DomainEvent):
    """A step of these tests."""

    kind: ClassVar[str] = "tests.cell_taken"
    title: ClassVar = _("Step")


def reaches(name: str, person: str, row: Any, capability: str) -> bool:
    """Whether the row is under the person's node, as the world's trees are drawn."""
    role = ROLE_OF[person]
    if person in OUT_OF_REACH:
        return False
    if name == "import":
        return role == Role.NETWORK_ADMINISTRATOR
    if role in STAFF_ROLES:
        return True
    if name == "partner":
        return person == "owner_north"
    owner = row.partner.code if row.partner_id else None
    above = {"dealer_a": {"dealer_a", "distributor_north"}, None: set()}[owner]
    node = {partner: partner for partner in above}
    seat = next(where for who, where, *_rest in PEOPLE if who == person)
    return seat == owner if capability in OWN else seat in node


def should(name: str, person: str, row: Any, transition: Any) -> bool:
    if person == "the system":
        return bool(transition.system)
    if person == "nobody" or transition.capability is None:
        return False
    return ROLE_OF[person] in roles_with(transition.capability) and reaches(
        name, person, row, transition.capability
    )


def test_every_workflow_has_its_cells_tested() -> None:
    assert set(all_workflows()) == set(WORKFLOWS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_cell(voltara: Net, name: str) -> None:
    people = [*ROLE_OF, "nobody", "the system"]
    workflow = workflow_of(name)
    wrong: list[str] = []
    cells = taken = 0
    with network_context(voltara.network):
        actors = {person: voltara.actor(person) for person in people if person != "the system"}
        actors["the system"] = voltara.system
        for state in states_of(name):
            row = brought_to(voltara, name, state)
            for person, actor in actors.items():
                offered = {each.transition.name for each in available(row, actor)}
                for transition in workflow.transitions.values():
                    allowed = should(name, person, row, transition)
                    here = state in transition.sources
                    expected = ("done" if here else "conflict") if allowed else "not allowed"
                    found = outcome(voltara, name, row, transition, actor)
                    shown = transition.name in offered
                    if found != expected or shown != (allowed and here and person != "the system"):
                        wrong.append(f"{state}, {transition.name}, {person}: {found}, shown {shown}")
                    cells += 1
                    taken += found == "done"
    assert wrong == []
    assert cells == len(states_of(name)) * len(workflow.transitions) * len(people)
    assert taken >= len(workflow.transitions), "every transition was taken by somebody"


def outcome(net: Net, name: str, row: Any, transition: Any, actor: Any) -> str:
    """What comes of trying; nothing stays."""
    row = KINDS[name].model.objects.get(pk=row.pk)
    changes = KINDS[name].columns(net, str(transition.target))
    mark = transaction.savepoint()
    try:
        advance(
            row, transition.name, actor=actor, at=NOW, event=CellTaken(), reason="because", changes=changes
        )
        stored = KINDS[name].model.objects.get(pk=row.pk)
        event = Event.objects.about(row)[0]
        assert stored.state == row.state == transition.target
        assert (event.payload["to"], event.actor_name) == (transition.target, actor.name)
    except NotAllowed:
        return "not allowed"
    except Conflict:
        return "conflict"
    finally:
        transaction.savepoint_rollback(mark)
    return "done"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_needs_a_reason_gets_one(voltara: Net, name: str) -> None:
    for transition in workflow_of(name).transitions.values():
        if "reason" not in transition.needs:
            continue
        with network_context(voltara.network):
            row = brought_to(voltara, name, min(transition.sources))
            for reason in ("", "   "):
                with pytest.raises(Invalid) as refused:
                    advance(
                        row,
                        transition.name,
                        actor=voltara.system,
                        at=NOW,
                        event=CellTaken(),
                        reason=reason,
                        authorised=True,
                    )
                assert set(refused.value.fields) == {"reason"}


def test_of_two_who_loaded_the_same_row_one_gets_a_conflict(voltara: Net) -> None:
    with network_context(voltara.network):
        row = brought_to(voltara, "offer", "pending")
        first, second = (Offer.objects.get(pk=row.pk) for _ in range(2))
        actor = voltara.actor("sales_a")
        advance(first, "accept", actor=actor, at=NOW, event=CellTaken())
        with pytest.raises(Conflict):
            advance(second, "accept", actor=actor, at=NOW, event=CellTaken())
        with pytest.raises(Conflict):
            advance(second, "decline", actor=actor, at=NOW, event=CellTaken(), reason="other")


def test_a_refused_step_leaves_no_event(voltara: Net) -> None:
    with network_context(voltara.network):
        row = brought_to(voltara, "lead", "accepted")
        before = Event.objects.count()
        with pytest.raises(NotAllowed):
            advance(row, "contact", actor=voltara.actor("auditor"), at=NOW, event=CellTaken())
        with pytest.raises(Conflict):
            advance(row, "quote", actor=voltara.actor("sales_a"), at=NOW, event=CellTaken())
        assert Event.objects.count() == before
        assert Lead.objects.get(pk=row.pk).state == "accepted"


def test_capabilities_of_all_transitions_are_declared() -> None:
    for workflow in all_workflows().values():
        for transition in workflow.transitions.values():
            assert transition.system or transition.capability
            if transition.capability is not None:
                assert roles_with(transition.capability)
    assert PartnerCapability.CHANGE_STATE in {
        transition.capability for transition in workflow_of("partner").transitions.values()
    }
