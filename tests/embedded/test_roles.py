"""The three roles are what production has: otherwise every test of isolation would pass for nothing."""

import subprocess

import psycopg
import pytest

from dnm import embedded
from tests.embedded.checkout import Checkout


def test_the_roles_have_no_power_beyond_their_task(started: Checkout) -> None:
    found = started.sql(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname LIKE 'dnm%' ORDER BY 1"
    )
    assert found == [
        ("dnm_app", False, False, False, False),
        ("dnm_backup", False, True, False, False),
        ("dnm_owner", False, False, True, False),
    ]
    members = started.sql(
        "SELECT roleid::regrole::text, member::regrole::text FROM pg_auth_members ORDER BY 1, 2"
    )
    assert [pair for pair in members if str(pair[1]).startswith("dnm")] == [
        ("pg_read_all_data", "dnm_backup")
    ]


def test_the_owner_owns_the_database_and_the_application_nothing(started: Checkout) -> None:
    owners = started.sql("SELECT datname, datdba::regrole::text FROM pg_database WHERE datname = 'dnm'")
    assert owners == [("dnm", "dnm_owner")]
    assert started.sql(
        "SELECT pg_has_role('dnm_owner', nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'public'"
    )
    owned = started.sql(
        "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'dnm_app'::regrole AND deptype = 'o'"
    )
    assert owned == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        started.sql("CREATE TABLE mine (id int)", role="")


def test_nobody_logs_in_as_the_superuser(started: Checkout) -> None:
    url = started.addresses()["DATABASE_URL"].replace("dnm_app", "postgres")
    with pytest.raises(psycopg.OperationalError, match="rejects"):
        psycopg.connect(url)
    assert "postgres@" not in str(started.addresses())


def test_backup_reads_what_row_security_hides_and_writes_nothing(started: Checkout) -> None:
    started.sql("CREATE TABLE hidden (id int)")
    started.sql("INSERT INTO hidden VALUES (1)")
    started.sql("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
    started.sql("ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
    started.sql("GRANT SELECT ON hidden TO dnm_app")
    assert started.sql("SELECT count(*) FROM hidden") == [(0,)]
    assert started.sql("SELECT count(*) FROM hidden", role="") == [(0,)]
    assert started.sql("SELECT count(*) FROM hidden", role="BACKUP_") == [(1,)]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        started.sql("DELETE FROM hidden", role="BACKUP_")
    dump = [
        str(embedded.binaries() / "pg_dump"),
        "--table=hidden",
        started.addresses()["DATABASE_BACKUP_URL"],
    ]
    answer = subprocess.run(dump, capture_output=True, text=True, check=True)
    assert "COPY public.hidden (id) FROM stdin;\n1\n" in answer.stdout


def test_a_test_database_is_like_the_real_one(started: Checkout) -> None:
    """Test databases are made by the owner from the default template."""
    started.sql("CREATE DATABASE test_dnm")
    locales = started.sql(
        "SELECT datname, datlocprovider::text, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
        " WHERE datname IN ('dnm', 'test_dnm') ORDER BY 1"
    )
    assert locales == [("dnm", "b", "PG_UNICODE_FAST", "UTF8"), ("test_dnm", "b", "PG_UNICODE_FAST", "UTF8")]
    assert started.sql("SELECT lower('ÄÉẞ')", database="test_dnm") == [("äéß",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        started.sql("CREATE TABLE mine (id int)", role="", database="test_dnm")


def test_the_owner_can_create_the_extensions(started: Checkout) -> None:
    for name in ("ltree", "cube", "btree_gist", "pg_trgm", "unaccent"):
        started.sql(f"CREATE EXTENSION {name}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        started.sql("CREATE EXTENSION pg_buffercache")


def test_what_is_committed_is_on_the_disk(started: Checkout) -> None:
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert started.sql(f"SHOW {name}") == [("on",)]
