"""Servers start, stop and survive what a developer's machine does to them."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import psycopg
import pytest
import redis

from tests.embedded.checkout import TOP, Checkout

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this question")


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def gone(*pids: int) -> bool:
    until = time.monotonic() + 20
    while any(alive(pid) for pid in pids) and time.monotonic() < until:
        time.sleep(0.1)
    return not any(alive(pid) for pid in pids)


def wait_for(file: Path) -> None:
    until = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < until, f"{file} did not appear"
        time.sleep(0.05)


def test_run_gives_addresses_and_the_exit_code_and_leaves_nothing(checkout: Checkout) -> None:
    probe = (
        "import os, psycopg\n"
        "print(psycopg.connect(os.environ['DATABASE_URL']).info.user)\n"
        "raise SystemExit(7)"
    )
    code, said = checkout("run", "--", sys.executable, "-c", probe)
    assert (code, said.strip()) == (7, "dnm_app")
    assert checkout.processes() == {}
    assert not (checkout.data / "addresses.json").exists()


def test_a_second_start_finds_the_first(checkout: Checkout) -> None:
    assert checkout("start")[0] == 0
    first = (checkout.addresses(), checkout.processes())
    code, said = checkout("start")
    assert code == 0
    assert "Already running" in said
    assert (checkout.addresses(), checkout.processes()) == first
    assert checkout("stop") == (0, "Stopped Valkey and PostgreSQL.\n")
    assert gone(*first[1].values())
    assert checkout("stop") == (0, "Nothing was running.\n")


def test_started_servers_outlive_a_run_and_keep_their_port(checkout: Checkout) -> None:
    checkout("start")
    before = checkout.addresses()
    assert checkout("run", "--", "true")[0] == 0
    assert set(checkout.processes()) == {"PostgreSQL", "Valkey"}
    checkout("stop")
    checkout("start")
    assert checkout.addresses() == before


def test_two_runs_share_the_servers_and_the_last_stops_them(checkout: Checkout) -> None:
    flag = checkout.data.parent / "go"
    probe = (
        "import os, pathlib, psycopg, time\n"
        f"pathlib.Path({str(checkout.data.parent / 'began')!r}).touch()\n"
        f"while not pathlib.Path({str(flag)!r}).exists(): time.sleep(0.05)\n"
        "psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 1')\n"
    )
    first = checkout.begin("run", "--", sys.executable, "-c", probe)
    wait_for(checkout.data.parent / "began")
    assert checkout("run", "--", "true")[0] == 0
    running = checkout.processes()
    assert set(running) == {"PostgreSQL", "Valkey"}
    flag.touch()
    assert first.communicate(timeout=60)[0] == ""
    assert first.returncode == 0
    assert gone(*running.values())


@pytest.mark.parametrize("whole_group", [True, False])
def test_sigterm_ends_the_command_and_the_servers(checkout: Checkout, whole_group: bool) -> None:
    began = checkout.data.parent / "began"
    process = checkout.begin("run", "--", "sh", "-c", f"touch {began}; exec sleep 300")
    wait_for(began)
    running = checkout.processes()
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGTERM)
    process.communicate(timeout=40)
    assert process.returncode == 128 + signal.SIGTERM
    assert gone(*running.values())


def test_sigterm_while_the_servers_are_being_made(checkout: Checkout) -> None:
    process = checkout.begin("run", "--", "sleep", "300")
    wait_for(checkout.data / "servers.lock")
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=40)
    assert process.returncode == 128 + signal.SIGTERM
    assert checkout.processes() == {}
    assert checkout("run", "--", "true") == (0, "")


def test_killed_servers_come_back_with_what_was_committed(checkout: Checkout) -> None:
    checkout("start")
    checkout.sql("CREATE TABLE kept (id int)")
    checkout.sql("INSERT INTO kept VALUES (1)")
    for pid in checkout.processes().values():
        os.kill(pid, signal.SIGKILL)
    code, said = checkout("start")
    assert code == 0, said
    assert checkout.sql("SELECT * FROM kept") == [(1,)]


def test_a_process_id_that_is_someone_elses_by_now(checkout: Checkout) -> None:
    """After a restart of the machine the ids in the lock files may belong to anyone, to us for example."""
    checkout("start")
    places = _places(checkout)
    lock = places / "postgres" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    for pid in checkout.processes().values():
        os.kill(pid, signal.SIGKILL)
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    (places / "valkey" / "pid").write_text(str(os.getpid()))
    assert checkout.processes() == {}
    code, said = checkout("start")
    assert code == 0, said
    assert set(checkout.processes()) == {"PostgreSQL", "Valkey"}


def test_a_taken_port_is_left_to_its_owner(checkout: Checkout) -> None:
    checkout("start")
    port = urlsplit(checkout.addresses()["REDIS_URL"]).port
    checkout("stop")
    with socket.create_server(("127.0.0.1", port or 0)):
        code, said = checkout("start")
        assert code == 0, said
        assert urlsplit(checkout.addresses()["REDIS_URL"]).port != port


def test_two_checkouts_side_by_side(make_checkout: Callable[..., Checkout]) -> None:
    one, other = make_checkout("one"), make_checkout("other")
    assert one("start")[0] == other("start")[0] == 0
    one.sql("CREATE TABLE only_here (id int)")
    assert other.sql("SELECT to_regclass('only_here')") == [(None,)]
    one("stop")
    assert set(other.processes()) == {"PostgreSQL", "Valkey"}


def test_the_broker_wants_its_password_and_serves_both_clients(started: Checkout) -> None:
    url = started.addresses()["REDIS_URL"]
    with redis.from_url(url) as client:
        assert client.ping()
    with kombu.Connection(url) as connection:
        assert connection.ensure_connection(max_retries=1)
    parts = urlsplit(url)
    with redis.Redis(port=parts.port or 0) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert stat.S_IMODE((started.data / "addresses.json").stat().st_mode) == 0o600


def test_servers_named_by_the_environment_are_used(checkout: Checkout) -> None:
    named = {name: f"given-{name}" for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
    code, said = checkout(
        "run", "--", "sh", "-c", "echo $DATABASE_URL $DATABASE_OWNER_URL $REDIS_URL", **named
    )
    assert (code, said.split()) == (0, list(named.values()))
    assert not checkout.data.exists()


def test_only_the_broker_is_started_beside_a_given_database(checkout: Checkout) -> None:
    named = {"DATABASE_URL": "given", "DATABASE_OWNER_URL": "given"}
    code, said = checkout("run", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", **named)
    assert code == 0
    assert said.startswith("given redis://:")
    assert not list(checkout.data.rglob("PG_VERSION"))


def test_half_an_address_is_refused(checkout: Checkout) -> None:
    code, said = checkout("run", "--", "true", DATABASE_URL="given")
    assert code == 1
    assert "DATABASE_OWNER_URL is not: set both" in said


def test_a_command_that_is_not_there(checkout: Checkout) -> None:
    code, said = checkout("run", "--", "no-such-command")
    assert (code, said) == (127, "dnm.embedded: cannot run no-such-command: No such file or directory\n")
    assert checkout.processes() == {}


def test_no_mode_of_a_parent_changes(checkout: Checkout) -> None:
    """Root's servers run as another user, who must be let in nowhere."""
    closed = checkout.data.parent / "closed"
    closed.mkdir(mode=0o700)
    checkout.data = closed / "data"
    parents = [*checkout.data.parents, TOP, *TOP.parents, Path(sys.prefix), *Path(sys.prefix).parents]
    before = {parent: parent.stat().st_mode for parent in parents}
    assert checkout("run", "--", "true") == (0, "")
    assert {parent: parent.stat().st_mode for parent in parents} == before


@as_root
def test_no_server_runs_as_root(checkout: Checkout) -> None:
    checkout("start")
    for pid in checkout.processes().values():
        assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
    place = Path((checkout.data / "servers-are-in").read_text().strip())
    checkout("remove")
    assert not place.exists()


@as_root
def test_what_a_deleted_checkout_left_is_swept(make_checkout: Callable[..., Checkout]) -> None:
    deleted = make_checkout("deleted")
    deleted("run", "--", "true")
    place = Path((deleted.data / "servers-are-in").read_text().strip())
    (deleted.data / "servers-are-in").unlink()
    make_checkout("next")("run", "--", "true")
    assert not place.exists()


def test_data_of_another_major_version_are_refused_in_plain_words(checkout: Checkout) -> None:
    checkout("run", "--", "true")
    mark = next(path for path in _places(checkout).rglob("PG_VERSION") if path.parent.name == "postgres")
    mark.write_text("14\n")
    code, said = checkout("start")
    assert code == 1
    assert "made by PostgreSQL 14, this is 18" in said
    assert "demo-reset" in said


def _places(checkout: Checkout) -> Path:
    pointer = checkout.data / "servers-are-in"
    return Path(pointer.read_text().strip()) if pointer.exists() else checkout.data


def test_the_password_of_nothing_is_on_a_command_line(started: Checkout) -> None:
    secret = urlsplit(started.addresses()["REDIS_URL"]).password or ""
    assert len(secret) > 20
    for pid in started.processes().values():
        assert secret.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_the_application_reads_the_addresses_without_the_environment(started: Checkout) -> None:
    probe = "from dnm import embedded; print(embedded.addresses().database)"
    answer = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        cwd=TOP,
        env=started.environment(),
    )
    with psycopg.connect(answer.stdout.strip()) as connection:
        assert connection.info.user == "dnm_app"
