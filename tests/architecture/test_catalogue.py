"""The catalogue check: what every table with a network must have, read from the database itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from dnm.accounts.tenancy import AppendOnly
from dnm.accounts.tenancy.models import NetworkModel
from tests.architecture.catalogue import (
    DEFINERS,
    GLOBAL_TABLES,
    GLOBALLY_UNIQUE,
    READABLE_BY_ALL,
    UNUSED_TABLES,
    names,
    network_tables,
    rows,
    tables,
)

pytestmark = pytest.mark.django_db

MINE = "(SELECT (NULLIF(current_setting('app.network'::text, true), ''::text))::bigint AS \"nullif\")"
OPERATOR = "(current_setting('app.operator'::text, true) = 'on'::text)"
ROOT = Path(__file__).resolve().parents[2]


def test_every_table_has_a_network_or_a_reason_to_have_none() -> None:
    assert tables() - network_tables() == set(GLOBAL_TABLES)


def test_every_network_model_has_a_table_with_a_network() -> None:
    models = {model._meta.db_table for model in apps.get_models() if issubclass(model, NetworkModel)}
    assert models <= network_tables()
    history = {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    assert history
    assert network_tables() == models | history | {"accounts_network", "accounts_networkdomain"}


def test_the_network_is_never_null() -> None:
    nullable = names(
        "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND attname = 'network_id' AND NOT attnotnull"
    )
    assert nullable == set()


def test_row_security_is_on_and_forced() -> None:
    secured = names(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relrowsecurity AND relforcerowsecurity"
    )
    assert secured == network_tables()


def test_policies_are_these_and_no_others() -> None:
    found: dict[str, dict[str, tuple[object, ...]]] = {}
    for table, policy, *what in rows(
        "SELECT tablename, policyname, permissive, roles::text[], cmd, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public'"
    ):
        found.setdefault(table, {})[policy] = tuple(what)
    expected: dict[str, dict[str, tuple[object, ...]]] = {}
    for table in network_tables():
        column = "id" if table == "accounts_network" else "network_id"
        mine = f"({column} = {MINE})"
        own = f"({mine} OR {OPERATOR})" if table in READABLE_BY_ALL else mine
        expected[table] = {
            "app_rows": ("PERMISSIVE", ["dnm_app"], "ALL", own, own),
            "owner_rows": ("PERMISSIVE", ["dnm_owner"], "ALL", "true", "true"),
        }
        if table in READABLE_BY_ALL:
            expected[table]["app_reads"] = ("PERMISSIVE", ["dnm_app"], "SELECT", "true", None)
    for table in expected:
        assert _spaceless(found.get(table, {})) == _spaceless(expected[table]), table
    assert found.keys() == expected.keys()


def _spaceless(policies: dict[str, tuple[object, ...]]) -> dict[str, tuple[object, ...]]:
    return {
        name: tuple("".join(part.split()) if isinstance(part, str) else part for part in what)
        for name, what in policies.items()
    }


def test_unique_keys_begin_with_the_network() -> None:
    """One that does not tells another network that a row exists, and stands in its way."""
    keys = rows(
        "SELECT relname, array_agg(attname::text ORDER BY place) FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indrelid"
        " CROSS JOIN LATERAL unnest(indkey::int2[]) WITH ORDINALITY AS k(number, place)"
        " LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number"
        " WHERE relnamespace = 'public'::regnamespace AND (indisunique OR indisexclusion)"
        " GROUP BY relname, indexrelid"
    )
    loose = {
        f"{table}.{','.join(map(str, columns))}"
        for table, columns in keys
        if table in network_tables() and columns[0] != "network_id" and columns not in (["id"], ["pgh_id"])
    }
    assert loose == set(GLOBALLY_UNIQUE)


def test_keys_between_tenant_tables_carry_the_network() -> None:
    keys = rows(
        "SELECT conname, source.relname, target.relname,"
        " (SELECT array_agg(attname::text ORDER BY place)"
        "  FROM unnest(conkey) WITH ORDINALITY AS k(number, place)"
        "  JOIN pg_attribute ON attrelid = conrelid AND attnum = number),"
        " (SELECT array_agg(attname::text ORDER BY place)"
        "  FROM unnest(confkey) WITH ORDINALITY AS k(number, place)"
        "  JOIN pg_attribute ON attrelid = confrelid AND attnum = number)"
        " FROM pg_constraint JOIN pg_class source ON source.oid = conrelid"
        " JOIN pg_class target ON target.oid = confrelid"
        " WHERE contype = 'f' AND source.relnamespace = 'public'::regnamespace"
    )
    tenant = network_tables()
    composite = 0
    for name, source, target, columns, targets in keys:
        if target == "accounts_network":
            assert (columns, targets) == (["network_id"], ["id"]), name
        elif source in tenant and target in tenant:
            assert (columns[0], targets[0]) == ("network_id", "network_id"), name
            assert len(columns) == 2, name
            composite += 1
        else:
            assert target not in tenant, f"{name}: a global row points at a tenant's"
    assert composite > 30


def test_keys_are_valid_and_triggers_are_on() -> None:
    assert names("SELECT conname FROM pg_constraint WHERE NOT convalidated") == set()
    assert names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'") == set()


def test_the_application_role_is_nobody_special() -> None:
    special = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname = 'dnm_app'"
    )
    assert special == [(False, False, False, False, False)]
    memberships = rows("SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'dnm_app'::regrole")
    assert memberships == []
    owned = rows("SELECT relname FROM pg_class WHERE relowner = 'dnm_app'::regrole")
    owned += rows("SELECT proname FROM pg_proc WHERE proowner = 'dnm_app'::regrole")
    owned += rows("SELECT nspname FROM pg_namespace WHERE nspowner = 'dnm_app'::regrole")
    assert owned == []


def test_the_application_role_may_do_no_more_than_it_needs() -> None:
    for table in tables():
        for right in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            assert rows("SELECT has_table_privilege('dnm_app', %s, %s)", [table, right]) == [(False,)], table
    assert rows("SELECT has_schema_privilege('dnm_app', 'public', 'CREATE')") == [(False,)]
    assert rows("SELECT has_database_privilege('dnm_app', current_database(), 'CREATE')") == [(False,)]
    changing = [
        name
        for (name,) in rows("SELECT relname FROM pg_class WHERE relkind = 'S'")
        if rows("SELECT has_sequence_privilege('dnm_app', %s, 'UPDATE')", [f"public.{name}"]) == [(True,)]
    ]
    assert changing == []


def test_the_record_of_migrations_is_read_only() -> None:
    rights = names(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'dnm_app' AND table_name = 'django_migrations'"
    )
    assert rights == {"SELECT"}


def test_nothing_is_granted_to_everybody() -> None:
    public = rows(
        "SELECT relname FROM pg_class CROSS JOIN LATERAL aclexplode(relacl) AS a"
        " WHERE relnamespace = 'public'::regnamespace AND a.grantee = 0"
    )
    assert public == []


def test_append_only_tables_are_append_only_for_the_application() -> None:
    declared = {
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(constraint, AppendOnly) for constraint in model._meta.constraints)
    }
    history = {model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    assert history | {"events_event", "leads_routingdecision"} <= declared
    unchangeable = {
        table
        for table in tables() - {"django_migrations"}
        if rows(
            "SELECT has_table_privilege('dnm_app', %s, 'UPDATE')"
            " OR has_table_privilege('dnm_app', %s, 'DELETE')"
            " OR has_any_column_privilege('dnm_app', %s, 'UPDATE')",
            [table, table, table],
        )
        == [(False,)]
    }
    assert unchangeable == declared


def test_views_run_with_the_rights_of_who_asks() -> None:
    loose = names(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
        " AND NOT coalesce(reloptions::text ~ 'security_invoker=(true|on|1)', false)"
    )
    assert loose == set()
    materialised = names(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'"
        " AND has_table_privilege('dnm_app', oid, 'SELECT')"
    )
    assert materialised == set()


def test_functions_with_the_owners_rights_are_few_and_pin_their_search_path() -> None:
    found = dict(
        rows(
            "SELECT proname, coalesce(proconfig::text, '') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        )
    )
    assert found.keys() == DEFINERS.keys()
    for name, configuration in found.items():
        assert "search_path=pg_catalog" in configuration, name
        granted = rows(
            "SELECT a.grantee FROM pg_proc CROSS JOIN LATERAL aclexplode(proacl) AS a"
            " WHERE proname = %s AND a.grantee = 0",
            [name],
        )
        assert granted == [], f"{name} may be called by everybody"


OTHER_UNITS = {
    "partners_tiercriterion": "in the unit of its metric",
    "partners_tierbenefit": "in the unit of its entitlement: percent, days",
}
"""Tables whose column of such a name is no money."""


def test_money_is_exact_and_has_a_currency() -> None:
    columns = rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public'"
    )
    having: dict[str, set[str]] = {}
    for table, column, _kind in columns:
        having.setdefault(table, set()).add(column)
    for table, column, kind in columns:
        assert kind != "money", f"{table}.{column}"
        if any(part in {"amount", "price", "value", "budget", "balance"} for part in column.split("_")):
            assert kind in {"numeric", "bigint"}, f"{table}.{column} is {kind}"
            if table not in OTHER_UNITS:
                assert any(other.endswith("currency") for other in having[table]), f"{table} has no currency"


def test_unused_tables_of_libraries_are_empty(voltara: object) -> None:
    """The default world has roles, holdings and history, and none of it went there."""
    for table in UNUSED_TABLES - {"auth_group", "auth_group_permissions"}:
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table


@pytest.mark.parametrize(
    ("process", "limit"), [("web", "15s"), ("worker", "5min"), ("beat", "30s"), ("events", "15s")]
)
def test_every_kind_of_process_has_its_limits(process: str, limit: str) -> None:
    """Read from the settings of a process of that kind, as its connections will have them."""
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'dnm.settings'\n"
        "from django.conf import settings\n"
        "print(settings.DATABASES['default']['OPTIONS']['options'])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DNM_PROCESS": process},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"-c statement_timeout={limit}" in answer.stdout
    assert "-c lock_timeout=3s" in answer.stdout
    assert "-c idle_in_transaction_session_timeout=30s" in answer.stdout
