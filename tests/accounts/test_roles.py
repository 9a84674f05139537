"""What the application role cannot do, tried as that role on the very tables that the application uses."""

import pytest
from django.apps import apps
from django.db import DatabaseError, InternalError, connection, connections, transaction
from django.db.utils import ProgrammingError

from dnm.accounts.tenancy import AppendOnly, network_context
from dnm.accounts.tenancy.context import tell_database, without_python_scope
from dnm.accounts.tenancy.models import NetworkModel
from dnm.events.models import Event
from partners.models import Partner, ProductLine
from tests.world import Net

FORBIDDEN = {
    "become the owner": "SET ROLE dnm_owner",
    "become the back-up": "SET ROLE dnm_backup",
    "become the superuser": "SET ROLE postgres",
    "become the owner for the session": "SET SESSION AUTHORIZATION dnm_owner",
    "give itself BYPASSRLS": "ALTER ROLE dnm_app BYPASSRLS",
    "give itself SUPERUSER": "ALTER ROLE dnm_app SUPERUSER",
    "join the owner": "GRANT dnm_owner TO dnm_app",
    "switch row security off": "ALTER TABLE leads_lead DISABLE ROW LEVEL SECURITY",
    "unforce row security": "ALTER TABLE leads_lead NO FORCE ROW LEVEL SECURITY",
    "drop the policy": "DROP POLICY app_rows ON leads_lead",
    "change the policy": "ALTER POLICY app_rows ON leads_lead USING (true)",
    "add a policy": "CREATE POLICY mine ON leads_lead TO dnm_app USING (true)",
    "disable the triggers": "ALTER TABLE leads_lead DISABLE TRIGGER ALL",
    "disable user triggers": "ALTER TABLE leads_lead DISABLE TRIGGER USER",
    "pretend to be a replica": "SET session_replication_role = replica",
    "replace a function": "CREATE OR REPLACE FUNCTION accounts_networks_of(bigint) RETURNS SETOF bigint"
    " LANGUAGE sql AS 'SELECT 1::bigint'",
    "drop a constraint": "ALTER TABLE leads_offer DROP CONSTRAINT leads_offer_lead_fk",
    "take a table": "ALTER TABLE leads_lead OWNER TO dnm_app",
    "drop a table": "DROP TABLE leads_lead",
    "empty a table": "TRUNCATE leads_lead CASCADE",
    "make a table": "CREATE TABLE copied AS SELECT * FROM leads_lead",
    "make a view": "CREATE VIEW seen AS SELECT * FROM leads_lead",
    "make a definer's function": "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
    "AS 'SELECT count(*) FROM leads_lead'",
    "write a server's file": "COPY (SELECT 1) TO PROGRAM 'cat'",
    "read a server's file": "SELECT pg_read_file('postgresql.conf')",
    "change the migrations' record": "DELETE FROM django_migrations",
    "read password hashes": "SELECT * FROM pg_authid",
}


@pytest.mark.django_db
@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
def test_the_application_role_may_not(statement: str) -> None:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.sqlstate in {"42501", "22023"}, refused.value


@pytest.mark.django_db
def test_granting_what_it_may_not_grant_has_no_effect() -> None:
    """PostgreSQL answers such a GRANT with a warning and does nothing."""
    with connection.cursor() as cursor:
        cursor.execute("GRANT ALL ON leads_lead TO PUBLIC")
        cursor.execute("GRANT TRUNCATE, TRIGGER, REFERENCES ON leads_lead TO dnm_app")
        cursor.execute(
            "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_name = 'leads_lead' AND grantee IN ('dnm_app', 'PUBLIC') ORDER BY 2"
        )
        rights = ["DELETE", "INSERT", "SELECT", "UPDATE"]
        assert cursor.fetchall() == [("dnm_app", right) for right in rights]


@pytest.mark.django_db
def test_row_security_off_is_an_error_and_not_a_way_round(world: tuple[Net, Net]) -> None:
    """The setting may be set by anybody: it turns the silent filter into a refusal."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute("SELECT count(*) FROM leads_lead")
        cursor.execute("SET LOCAL row_security = on")


@pytest.mark.django_db
def test_a_temporary_table_or_view_of_its_own_sees_no_more(voltara: Net, nordwerk: Net) -> None:
    """The application role may make temporary objects: its views run with its own rights."""
    with network_context(voltara.network), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY VIEW seen AS SELECT network_id FROM partners_partner")
        cursor.execute("SELECT DISTINCT network_id FROM seen")
        assert cursor.fetchall() == [(voltara.network.pk,)]


TENANT_MODELS = sorted(
    (model for model in apps.get_models() if issubclass(model, NetworkModel)),
    key=lambda model: model._meta.label,
)
APPEND_ONLY = sorted(
    model._meta.db_table
    for model in apps.get_models()
    if any(isinstance(constraint, AppendOnly) for constraint in model._meta.constraints)
)


def test_without_the_python_scope_the_database_still_shows_only_its_network(
    voltara: Net, nordwerk: Net, subtests: pytest.Subtests
) -> None:
    for net in (voltara, nordwerk):
        net.accepted()
        net.offered()
    filled = set()
    with without_python_scope():
        for model in TENANT_MODELS:
            with subtests.test(model._meta.label):
                for net in (voltara, nordwerk):
                    with network_context(net.network):
                        found = set(model.objects.values_list("network_id", flat=True))
                        assert found <= {net.network.pk}
                        filled |= {model._meta.label} if found else set()
                assert model.objects.count() == 0
    assert {"leads.Lead", "leads.Offer", "partners.Partner", "events.Event", "accounts.ApiToken"} <= filled


def test_without_the_python_scope_nothing_of_another_network_is_changed_or_removed(
    voltara: Net, nordwerk: Net
) -> None:
    """The rows' keys are known, and still they are not there."""
    ours, theirs = voltara.lines["pumps"].pk, nordwerk.lines["pumps"].pk
    with without_python_scope(), network_context(voltara.network):
        assert ProductLine.objects.filter(pk__in=[ours, theirs]).update(name="changed") == 1
        assert ProductLine.objects.filter(pk=theirs)._raw_delete("default") == 0
        assert Partner.objects.filter(network=nordwerk.network).update(address="changed") == 0
    with network_context(nordwerk.network):
        assert ProductLine.objects.get(pk=theirs).name == "Nordwerk pumps"


@pytest.mark.parametrize("statement", ["insert", "move", "foreign key", "many"])
def test_no_row_can_be_written_into_another_network(voltara: Net, nordwerk: Net, statement: str) -> None:
    theirs = nordwerk.network.pk
    with without_python_scope(), network_context(voltara.network):
        acts = {
            "insert": lambda: ProductLine.objects.create(network_id=theirs, code="x", name="x"),
            "move": lambda: ProductLine.objects.filter(code="pumps").update(network_id=theirs),
            "many": lambda: ProductLine.objects.bulk_create(
                [
                    ProductLine(network_id=voltara.network.pk, code="y", name="y"),
                    ProductLine(network_id=theirs, code="z", name="z"),
                ]
            ),
            "foreign key": lambda: _point_at(voltara, nordwerk),
        }
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            acts[statement]()
    assert refused.value.__cause__.sqlstate in {"42501", "23503"}


def _point_at(voltara: Net, nordwerk: Net) -> None:
    """A key of the other network's row, which a plain foreign key would accept."""
    foreign = nordwerk.territories["north"].pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_postalarea SET territory_id = %s WHERE network_id = %s",
            [foreign, voltara.network.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_unique_key_of_another_network_is_not_in_the_way(voltara: Net, nordwerk: Net) -> None:
    """Nor does it tell that the row exists: codes are unique within a network."""
    with network_context(nordwerk.network):
        ProductLine.objects.create(code="secret", name="Nordwerk secret")
    with network_context(voltara.network):
        ProductLine.objects.create(code="secret", name="Voltara secret")


def test_a_network_that_does_not_exist_or_nonsense_shows_nothing(world: tuple[Net, Net]) -> None:
    with transaction.atomic(), without_python_scope():
        for network_id in (0, -1, 2**40):
            tell_database(network_id)
            assert Partner.objects.count() == 0
    with connection.cursor() as cursor:
        for nonsense in ("1 OR true", "x"):
            cursor.execute("SELECT set_config('app.network', %s, true)", [nonsense])
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("SELECT count(*) FROM partners_partner")


def test_there_are_append_only_tables() -> None:
    assert {
        "events_event",
        "leads_routingdecision",
        "leads_leadevent",
        "partners_partnerholdingevent",
    } <= set(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "verb", ["UPDATE {} SET network_id = network_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.django_db
def test_append_only_is_append_only(table: str, verb: str) -> None:
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(table))


@pytest.mark.django_db(databases=["default", "owner"])
def test_new_tables_of_the_owner_are_not_the_applications_to_empty() -> None:
    """Default privileges: what a migration makes can be read and written, not truncated or referred to."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE made_now (id int)")
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'dnm_app' AND table_name = 'made_now' ORDER BY 1"
        )
        assert [name for (name,) in cursor.fetchall()] == ["DELETE", "INSERT", "SELECT", "UPDATE"]


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_sees_all_networks_and_is_no_superuser_either() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("dnm_owner", False, False, False)


def test_the_limits_of_a_web_process_stand(db: None) -> None:
    limits = {"lock_timeout": "3s", "statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}
    with connection.cursor() as cursor:
        for name, value in limits.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)


def test_a_lock_held_by_somebody_is_not_waited_for_longer_than_three_seconds(
    committed_world: tuple[Net, Net],
) -> None:
    other = connection.copy()
    try:
        with network_context(committed_world[0].network):
            Partner.objects.select_for_update().get(code="dealer_a")
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('app.network', %s, false)", [str(committed_world[0].network.pk)]
                )
                with pytest.raises(DatabaseError) as refused:
                    cursor.execute("UPDATE partners_partner SET address = '' WHERE code = 'dealer_a'")
        assert refused.value.__cause__.sqlstate == "55P03"
    finally:
        other.close()


def test_the_event_log_accepts_no_change_through_the_orm_either(voltara: Net) -> None:
    with network_context(voltara.network):
        assert Event.objects.exists()
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            Event.objects.update(actor_name="somebody else")
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            Event.objects.all()._raw_delete("default")
