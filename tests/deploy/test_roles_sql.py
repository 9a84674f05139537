"""docker/postgres/roles.sql on a real server makes the roles that the embedded server has."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dnm import embedded
from dnm.accounts.tenancy.roles import fault_of_role
from tests.embedded.checkout import TOP, Checkout

PASSWORDS = {"owner_password": "own'er", "app_password": "app", "backup_password": "backup"}
ROLES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolconfig FROM pg_roles
WHERE rolname LIKE 'dnm%' ORDER BY 1
"""
DATABASE = """
SELECT datdba::regrole::text, datlocprovider::text, datlocale, pg_encoding_to_char(encoding), datacl::text
FROM pg_database WHERE datname = 'dnm'
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster without our roles, and its superuser's address: what an administrator begins with."""
    checkout = Checkout(tmp_path_factory.mktemp("bare"))
    checkout("run", "--", "true")
    pointer = checkout.data / "servers-are-in"
    place = Path(pointer.read_text().strip()) if pointer.exists() else checkout.data
    (place / "postgres" / "pg_hba.conf").write_text("local all all trust\n")
    checkout("start")
    url = checkout.addresses()["DATABASE_URL"].replace("dnm_app@/dnm", "postgres@/postgres")
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("DROP DATABASE dnm")
        for role in ("dnm_owner", "dnm_app", "dnm_backup"):
            administrator.execute(f"DROP ROLE {role}")
    yield url
    checkout("remove")


@pytest.fixture(scope="module")
def prepared(bare: str) -> str:
    """The same cluster after the script; still the superuser's address."""
    values = [f"--set={name}={value}" for name, value in PASSWORDS.items()]
    script = TOP / "docker" / "postgres" / "roles.sql"
    psql = [str(embedded.binaries() / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1", *values]
    answer = subprocess.run([*psql, f"--file={script}", bare], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return bare


def test_it_makes_what_the_embedded_server_has(prepared: str) -> None:
    with psycopg.connect(prepared) as made, psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as ours:
        assert made.execute(ROLES).fetchall() == ours.execute(ROLES).fetchall()
        assert made.execute(DATABASE).fetchall() == ours.execute(DATABASE).fetchall()
        assert made.execute("SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM%'").fetchone() == (
            3,
        )


def test_the_portal_takes_only_the_role_that_it_makes_for_it(prepared: str) -> None:
    """Being a member is as good as being the role itself."""
    with psycopg.connect(prepared, autocommit=True) as administrator:
        administrator.execute("CREATE DATABASE other OWNER dnm_owner")
        administrator.execute("CREATE ROLE near LOGIN; GRANT dnm_owner TO near")
        administrator.execute("CREATE ROLE nearer LOGIN NOINHERIT; GRANT dnm_backup TO nearer")
        administrator.execute("CREATE ROLE top LOGIN SUPERUSER")
        administrator.execute("CREATE ROLE within LOGIN NOINHERIT; GRANT top TO within")
    with psycopg.connect(_as(prepared, "dnm_owner")) as owner:
        owner.execute("CREATE TABLE one (id int)")
    said = {
        role: _fault(_as(prepared, role))
        for role in ("dnm_app", "dnm_owner", "dnm_backup", "near", "nearer", "top", "within")
    }
    assert said.pop("dnm_app") == ""
    words = {"near": "owns", "nearer": "bypasses", "top": "superuser", "within": "superuser"}
    words |= {"dnm_owner": "owns", "dnm_backup": "bypasses"}
    for role, word in words.items():
        assert said[role].startswith(f"{role} "), said
        assert word in said[role]


def _as(url: str, role: str) -> str:
    return url.replace("postgres@", f"{role}@").replace("/postgres?", "/other?")


def _fault(url: str) -> str:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        return fault_of_role(cursor)
