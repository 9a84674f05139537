"""The transition table as the database sees it: every other edge is refused, to SQL and to the owner too."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from dnm.accounts.tenancy import network_context
from tests.flows.rows import KINDS, brought_to, states_of, way_to, workflow_of
from tests.world import Net

WORKFLOWS = sorted(KINDS)
KEYS = {"partner", "decided_by", "settled_by", "asked_by", "waived_by"}
"""Columns that refer to a row, which may be none."""


def sqlstate_of(using: str, statement: str, parameters: list[Any]) -> str:
    """ "" when PostgreSQL did it (it is undone), else why not."""
    try:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute(statement, parameters)
            assert cursor.rowcount == 1
            transaction.set_rollback(True, using=using)
    except DatabaseError as error:
        return str(error.__cause__.sqlstate)  # type: ignore[union-attr]
    return ""


def set_clause(net: Net, name: str, state: str) -> tuple[str, list[Any]]:
    """The columns that go with a state, so that only the trigger can be in the way."""
    columns = {"state": state, **KINDS[name].columns(net, state)}
    words = {
        (f"{column}_id" if hasattr(value, "pk") or column in KEYS else column): getattr(value, "pk", value)
        for column, value in columns.items()
    }
    return ", ".join(f"{column} = %s" for column in words), list(words.values())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_pair_of_states(voltara: Net, name: str) -> None:
    """What is an edge goes through, what is none is refused, and staying is no change."""
    workflow, table = workflow_of(name), KINDS[name].model._meta.db_table
    wrong = []
    with network_context(voltara.network):
        for source in states_of(name):
            row = brought_to(voltara, name, source)
            for target in states_of(name):
                clause, values = set_clause(voltara, name, target)
                found = sqlstate_of(
                    "default", f"UPDATE {table} SET {clause} WHERE id = %s", [*values, row.pk]
                )
                expected = "" if (source, target) in workflow.edges or source == target else "23514"
                if found != expected:
                    wrong.append(f"{source} → {target}: {found!r}")
    assert wrong == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_many_rows_at_once_are_no_way_round(voltara: Net, name: str) -> None:
    workflow, model = workflow_of(name), KINDS[name].model
    end = next(state for state in states_of(name) if state not in workflow.initial)
    reachable = {target for source, target in workflow.edges if source in workflow.initial}
    far = next((state for state in states_of(name) if state not in reachable | workflow.initial), end)
    with network_context(voltara.network):
        row = brought_to(voltara, name, next(iter(workflow.initial)))
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.filter(pk=row.pk).update(state=far, **KINDS[name].columns(voltara, far))


UNIQUE = {
    "application": "external_id",
    "change": "reason",
    "document": "partner_id",
    "import": "file_name",
    "lead": "external_id",
    "offer": "step",
    "partner": "code",
    "publication": "title",
    "settlement": "source",
    "track": "version",
}
NUMBERED = {"document", "offer", "track"}
ONE_AT_A_TIME = {("change", "draft"), ("offer", "pending"), ("track", "draft")}
"""Of these there is one already."""


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_row_is_born_in_the_middle_of_its_life(voltara: Net, name: str) -> None:
    """A copy of a row of every state: only the first states pass for the application."""
    workflow, model = workflow_of(name), KINDS[name].model
    columns = [f'"{field.column}"' for field in model._meta.fields if field.column not in {"id", "uid"}]
    other = f"{UNIQUE[name]} + 1000" if name in NUMBERED else f"{UNIQUE[name]} || '-copy'"
    selected = [other if column == f'"{UNIQUE[name]}"' else column for column in columns]
    statement = (
        f"INSERT INTO {model._meta.db_table} (uid, {', '.join(columns)})"
        f" SELECT gen_random_uuid(), {', '.join(selected)} FROM {model._meta.db_table} WHERE id = %s"
    )
    wrong = []
    with network_context(voltara.network):
        for state in states_of(name):
            row = brought_to(voltara, name, state)
            expected = "" if state in workflow.initial else "23514"
            if (name, state) in ONE_AT_A_TIME:
                expected = "23505"
            found = sqlstate_of("default", statement, [row.pk])
            if found != expected:
                wrong.append(f"{state}: {found!r}")
    assert wrong == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_state_can_be_reached(name: str) -> None:
    workflow = workflow_of(name)
    for state in states_of(name):
        if state not in workflow.initial:
            assert any(way_to(workflow, start, state) for start in workflow.initial), state


def test_the_trigger_carries_the_present_table() -> None:
    """Each model with a workflow has the guard, and the one in the database is of this table."""
    import pgtrigger

    guarded = {
        model._meta.label
        for model, trigger in pgtrigger.registered()
        if type(trigger).__name__ == "StateGuard" and trigger.workflow is model.workflow
    }
    assert guarded == {kind.model._meta.label for kind in KINDS.values()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_installed_function_names_every_edge(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_c_state%%'",
            [KINDS[name].model._meta.db_table],
        )
        ((source,),) = cursor.fetchall()
    for start, end in workflow_of(name).edges:
        assert f"'{start}>{end}'" in source
    assert source.count(">") == len(workflow_of(name).edges) + source.count("'>'")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_owner_loads_history_in_any_state_but_goes_no_other_way(committed_world: tuple[Net, Net]) -> None:
    voltara = committed_world[0]
    lead = voltara.lead()
    copy = (
        "INSERT INTO leads_lead (uid, network_id, territory_id, state, state_changed_at, name, created_at,"
        " phone, email, address, postal_code, place, message, source, external_id, consent, consent_version,"
        " desk_reason,"
        " lost_reason, competitor, proof_of_sale) SELECT gen_random_uuid(), network_id, territory_id, 'desk',"
        " state_changed_at, name, created_at, phone, email, address, postal_code, place, message, source,"
        " 'loaded', consent, consent_version, '', '', '', '' FROM leads_lead WHERE id = %s"
    )
    assert sqlstate_of("owner", copy, [lead.pk]) == ""
    assert sqlstate_of("owner", "UPDATE leads_lead SET state = 'desk' WHERE id = %s", [lead.pk]) == "23514"
