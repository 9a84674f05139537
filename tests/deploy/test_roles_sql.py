"""docker/postgres/roles.sql on a real server makes the roles that the embedded server has."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dnm import embedded
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


def test_it_makes_what_the_embedded_server_has(bare: str) -> None:
    values = [f"--set={name}={value}" for name, value in PASSWORDS.items()]
    script = TOP / "docker" / "postgres" / "roles.sql"
    psql = [str(embedded.binaries() / "psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1", *values]
    answer = subprocess.run([*psql, f"--file={script}", bare], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    with psycopg.connect(bare) as made, psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as ours:
        assert made.execute(ROLES).fetchall() == ours.execute(ROLES).fetchall()
        assert made.execute(DATABASE).fetchall() == ours.execute(DATABASE).fetchall()
        assert made.execute("SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM%'").fetchone() == (
            3,
        )
