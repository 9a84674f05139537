"""The first tests of all: on each of the roads to the data exactly the rows that belong there.

A template response, an admin list, an export, a data migration, a background task and a dump, under the real
database roles, on committed rows, in transactions of their own.
"""

import csv
import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.test import Client

from dnm import embedded
from dnm.accounts.models import Network
from dnm.accounts.tenancy import NoNetwork, network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery
from dnm.jobs.background import network_task
from leads.models import Lead
from leads.states import LeadState
from partners.models import Partner
from tests.signing_in import sign_in
from tests.world import Net

Worlds = tuple[Net, Net]
NAMES = {
    name: {
        f"{name} {key}"
        for key in (
            "distributor_north",
            "distributor_south",
            "dealer_a",
            "dealer_b",
            "dealer_c",
            "retailer_a",
        )
    }
    | {name}
    for name in ("Voltara", "Nordwerk")
}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls("tests.accounts.roads")
def test_a_template_that_reads_late(committed_world: Worlds, visitor: Client) -> None:
    for net in committed_world:
        answer = visitor.get("/lazy/", headers={"host": net.host})
        assert set(answer.content.decode().strip(";").split(";")) == NAMES[net.network.name]


@pytest.mark.urls("tests.accounts.roads")
def test_a_list_of_the_admin(committed_world: Worlds, visitor: Client) -> None:
    """The changelist is a template response too, with a queryset that Django's own code has made."""
    for net, other in (committed_world, committed_world[::-1]):
        answer = visitor.get("/plain/partners/partner/", headers={"host": net.host})
        text = answer.content.decode()
        assert answer.status_code == 200
        assert all(name in text for name in NAMES[net.network.name])
        assert other.network.name not in text
        theirs = other.partners["dealer_a"].pk
        assert (
            visitor.get(f"/plain/partners/partner/{theirs}/change/", headers={"host": net.host}).status_code
            == 302
        )


def test_an_export(committed_world: Worlds, visitor: Client) -> None:
    for net in committed_world:
        sign_in(visitor, net, "administrator")
        answer = visitor.get("/partners/", {"export": "csv"}, headers={"host": net.host})
        assert answer["Content-Type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert {row[0] for row in rows[1:]} == NAMES[net.network.name]
        assert len(rows) == 1 + 7


def historical_state() -> ProjectState:
    """The models as migrations see them."""
    return MigrationLoader(connections["owner"]).project_state()


def run_migration(code: Callable[[Any, Any], None]) -> None:
    """A data migration, applied as `manage.py migrate --database owner` applies it."""
    made = type(
        "Migration",
        (migrations.Migration,),
        {"operations": [migrations.RunPython(code, migrations.RunPython.noop)], "dependencies": []},
    )("0099_of_a_test", "partners")
    with connections["owner"].schema_editor(atomic=True) as editor:
        made.apply(historical_state(), editor)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_data_migration(committed_world: Worlds) -> None:
    seen: dict[str, Any] = {}

    def move(apps: Any, editor: Any) -> None:
        partners = apps.get_model("partners", "Partner").objects.using(editor.connection.alias)
        seen["names"] = set(partners.values_list("trade_name", flat=True))
        seen["changed"] = partners.filter(code="dealer_a").update(address="migrated")

    run_migration(move)
    assert seen == {"names": NAMES["Voltara"] | NAMES["Nordwerk"], "changed": 2}
    for net in committed_world:
        with network_context(net.network):
            assert Partner.objects.get(code="dealer_a").address == "migrated"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_data_migration_that_forgets_the_alias_finds_nothing(committed_world: Worlds) -> None:
    """The application's role is what it gets then: no rows, instead of some network's."""
    counted = []

    def careless(apps: Any, editor: Any) -> None:
        counted.append(apps.get_model("partners", "Partner").objects.using("default").count())

    run_migration(careless)
    assert counted == [0]


def test_a_background_task(committed_world: Worlds) -> None:
    seen: list[set[str]] = []

    @network_task(name="tests.accounts.look")
    def look(*, note: str) -> None:
        seen.append(set(Partner.objects.values_list("trade_name", flat=True)))
        Partner.objects.filter(code="dealer_a").update(address=note)

    for net in committed_world:
        look.apply(kwargs={"network_id": net.network.pk, "note": net.network.slug}, throw=True)
    assert seen == [NAMES["Voltara"], NAMES["Nordwerk"]]
    for net in committed_world:
        with network_context(net.network):
            assert Partner.objects.get(code="dealer_a").address == net.network.slug
    with pytest.raises(NoNetwork):
        Partner.objects.count()


def test_a_task_without_a_network_does_not_run(committed_world: Worlds) -> None:
    ran = []

    @network_task(name="tests.accounts.never")
    def never() -> None:
        ran.append(True)

    with pytest.raises(TypeError):
        never.apply(throw=True)
    with pytest.raises(TypeError):
        never.apply(kwargs={"network_id": None}, throw=True)
    assert not ran


def test_a_delivery_of_the_outbox(committed_world: Worlds) -> None:
    """Delivered in its own network, and not to be had from another one."""
    voltara, nordwerk = committed_world
    leads = {net.network.pk: net.lead() for net in committed_world}
    deliveries = {}
    for network_id in leads:
        with network_context(network_id):
            deliveries[network_id] = Delivery.objects.get(receiver="leads.route").pk
    ours, theirs = deliveries[voltara.network.pk], deliveries[nordwerk.network.pk]
    assert deliver_one(voltara.network.pk, theirs) is False
    assert deliver_one(nordwerk.network.pk, theirs) is True
    with network_context(voltara.network):
        assert Delivery.objects.get(pk=ours).attempts == 0
        assert Lead.objects.get().state == LeadState.NEW
    with network_context(nordwerk.network):
        assert Lead.objects.get().state == LeadState.OFFERED


def dump(role: str, *options: str) -> subprocess.CompletedProcess[str]:
    """`pg_dump` of the test database's rows as this role."""
    parameters = connection.get_connection_params()
    address = {
        "host": connection.settings_dict["HOST"] or parameters.get("host", ""),
        "port": connection.settings_dict["PORT"],
        "dbname": connection.settings_dict["NAME"],
        "user": role,
    }
    words = " ".join(f"{name}={value}" for name, value in address.items() if value)
    command = [str(embedded.binaries() / "pg_dump"), "--data-only", *options, f"--dbname={words}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def rows_in(dumped: str) -> dict[str, int]:
    """Rows by table in a plain dump."""
    counts: dict[str, int] = {}
    table = ""
    for line in dumped.splitlines():
        if line.startswith("COPY "):
            table = line.split()[1].removeprefix("public.")
            counts[table] = 0
        elif line == "\\.":
            table = ""
        elif table:
            counts[table] += 1
    return counts


def rows_as_the_owner() -> dict[str, int]:
    """Rows by table, which is what a dump has to hold."""
    found = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


embedded_only = pytest.mark.skipif(
    not embedded.addresses().database_backup, reason="needs the embedded server's back-up role"
)


@embedded_only
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_dump(committed_world: Worlds) -> None:
    for net in committed_world:
        net.accepted()
    answer = dump("dnm_backup")
    assert answer.returncode == 0, answer.stderr
    expected = rows_as_the_owner()
    assert expected["partners_partner"] == 14
    assert expected["leads_lead"] == 2
    assert rows_in(answer.stdout) == expected


@embedded_only
@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("role", ["dnm_app", "dnm_owner"])
def test_a_dump_by_another_role_fails_or_is_found_out(committed_world: Worlds, role: str) -> None:
    """By itself pg_dump refuses. With --enable-row-security it answers 0 and leaves rows out: the comparison
    of counts that belongs to every back-up (docs/operations.md) finds them missing.
    """
    tables = [f"--table={table}" for table in ("partners_partner", "leads_lead", "accounts_membership")]
    assert dump(role).returncode != 0
    refused = dump(role, *tables)
    assert refused.returncode != 0
    assert "row-level security" in refused.stderr
    if role == "dnm_app":
        partial = dump(role, "--enable-row-security", *tables)
        assert partial.returncode == 0, partial.stderr
        counts = rows_in(partial.stdout)
        assert counts == {"partners_partner": 0, "leads_lead": 0, "accounts_membership": 0}
        assert any(counts[table] != rows for table, rows in rows_as_the_owner().items() if table in counts)


def test_networks_can_be_read_before_one_is_known(committed_world: Worlds) -> None:
    """The only tenant table that is readable outside: a host name must lead to its network."""
    assert set(Network.objects.values_list("slug", flat=True)) == {"voltara", "nordwerk"}
    with network_context(committed_world[0].network):
        assert Network.objects.filter(slug="nordwerk").update(name="taken") == 0
        assert Network.objects.filter(slug="voltara").update(portal_name="Ours") == 1
