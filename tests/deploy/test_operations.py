"""docs/operations.md in step with the code, and its back-up rehearsed."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dnm import embedded
from tests.deploy.compose import TOP
from tests.embedded.checkout import Checkout

DOC = (TOP / "docs" / "operations.md").read_text()


def test_every_variable_that_the_code_reads_is_described_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (TOP / "dnm" / "settings.py").read_text()))
    read |= set(
        re.findall(r'environ\.get\("(DNM_[A-Z_]+)"', (TOP / "dnm" / "embedded" / "places.py").read_text())
    )
    table = DOC[DOC.index("\n## Environment") : DOC.index("\n## Database roles")]
    described = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])
    }
    assert described == read


def test_the_files_and_commands_it_names_exist() -> None:
    for name in re.findall(r"(?:--file=|python3? )((?:docker|bin)/\S+)", DOC):
        assert (TOP / name).is_file(), name
    for target in re.findall(r"`make ([a-z-]+)", DOC):
        assert re.search(rf"^{target}:", (TOP / "Makefile").read_text(), re.MULTILINE), target


def test_the_health_addresses_it_names_are_served() -> None:
    table = DOC[DOC.index("\n## Health") : DOC.index("\n## Logs")]
    addresses = re.findall(r"^\| `/(\w+)`", table, re.MULTILINE)
    served = (TOP / "dnm" / "urls" / "bare.py").read_text()
    assert addresses == ["healthz", "readyz"]
    assert all(f'path("{address}"' in served for address in addresses)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Checkout]:
    """Servers with a table whose rows the policies hide from the owner and from the application."""
    checkout = Checkout(tmp_path / "data")
    checkout("start")
    checkout.sql("CREATE TABLE hidden (id int PRIMARY KEY, network int NOT NULL)")
    checkout.sql("CREATE TABLE open (id int PRIMARY KEY)")
    checkout.sql(
        "INSERT INTO hidden SELECT g, g % 2 FROM generate_series(1, 100) g; INSERT INTO open VALUES (1), (2)"
    )
    checkout.sql("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY; ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
    checkout.sql("GRANT SELECT ON hidden, open TO dnm_app")
    yield checkout
    checkout("remove")


def run(program: str, *arguments: str) -> str:
    command = [str(embedded.binaries() / program), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def counts(url: str) -> str:
    script = f"--file={TOP / 'docker' / 'postgres' / 'counts.sql'}"
    return run("psql", "--no-psqlrc", "--tuples-only", "--no-align", script, url)


def test_a_back_up_comes_back_whole(source: Checkout, tmp_path: Path) -> None:
    addresses = source.addresses()
    dump = tmp_path / "dnm.dump"
    run("pg_dump", "--format=custom", f"--file={dump}", addresses["DATABASE_BACKUP_URL"])
    before = counts(addresses["DATABASE_BACKUP_URL"])
    assert before == "public.hidden|100\npublic.open|2\n"

    owner, backup = (
        addresses[name].replace("/dnm?", "/dnm_restored?")
        for name in ("DATABASE_OWNER_URL", "DATABASE_BACKUP_URL")
    )
    source.sql("CREATE DATABASE dnm_restored")
    run("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={owner}", str(dump))
    assert counts(backup) == before
    assert source.sql("SELECT count(*) FROM hidden", role="", database="dnm_restored") == [(0,)]
    assert counts(addresses["DATABASE_OWNER_URL"]) != before
