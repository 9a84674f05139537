"""`network_context`: what it sets, for how long, and what it hands back, in Python and in PostgreSQL."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import DatabaseError, connection, connections, transaction

from dnm.accounts.tenancy import NoNetwork, current_network_id, network_context
from dnm.accounts.tenancy.context import cache_key
from leads.models import Lead
from partners.models import Partner
from tests.world import Net

Worlds = tuple[Net, Net]


def setting() -> str:
    """The network that PostgreSQL knows of at this moment; "" for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.network', true), '')")
        return str(cursor.fetchone()[0])


def rows_without_python() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partners_partner")
        return int(cursor.fetchone()[0])


@pytest.fixture
def two(committed_world: Worlds) -> Iterator[tuple[int, int]]:
    """The ids of both networks, outside any transaction."""
    assert not connection.in_atomic_block
    yield committed_world[0].network.pk, committed_world[1].network.pk
    assert current_network_id() is None
    assert not connection.in_atomic_block


def test_the_tests_run_as_the_application_role(two: tuple[int, int]) -> None:
    """Were this any other role, every test of isolation would pass for nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, session_user, rolsuper, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("dnm_app", "dnm_app", False, False)


def test_the_setting_ends_with_the_transaction(two: tuple[int, int]) -> None:
    with network_context(two[0]):
        assert setting() == str(two[0])
        assert rows_without_python() == 7
    assert setting() == ""
    assert rows_without_python() == 0


def test_it_takes_a_network_or_its_id(committed_world: Worlds) -> None:
    for given in (committed_world[0].network, committed_world[0].network.pk):
        with network_context(given):
            assert current_network_id() == committed_world[0].network.pk


def test_an_exception_ends_it_too(two: tuple[int, int]) -> None:
    with pytest.raises(ZeroDivisionError), network_context(two[0]):
        raise ZeroDivisionError
    assert (setting(), current_network_id()) == ("", None)


def test_an_error_of_the_database_ends_it_too(two: tuple[int, int]) -> None:
    with pytest.raises(DatabaseError), network_context(two[0]), connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM leads_lead")
    assert (setting(), current_network_id()) == ("", None)
    with network_context(two[1]):
        assert rows_without_python() == 7


def test_what_it_wrote_is_undone_by_an_exception(two: tuple[int, int]) -> None:
    with pytest.raises(ZeroDivisionError), network_context(two[0]):
        assert Partner.objects.update(address="changed") / 0
    with network_context(two[0]):
        assert not Partner.objects.filter(address="changed").exists()


def test_nested_in_another_network_and_back(two: tuple[int, int]) -> None:
    first, second = two
    with network_context(first):
        with network_context(second):
            assert (setting(), current_network_id()) == (str(second), second)
            with network_context(first):
                assert (setting(), current_network_id()) == (str(first), first)
            assert (setting(), current_network_id()) == (str(second), second)
        assert (setting(), current_network_id()) == (str(first), first)
        assert Partner.objects.count() == rows_without_python() == 7


def test_nested_in_the_same_network(two: tuple[int, int]) -> None:
    with network_context(two[0]):
        with network_context(two[0]):
            assert setting() == str(two[0])
        assert (setting(), current_network_id()) == (str(two[0]), two[0])


def fails_in_python() -> None:
    raise ZeroDivisionError


def fails_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM leads_lead")


@pytest.mark.parametrize("failing", [fails_in_python, fails_in_the_database])
def test_an_exception_within_hands_the_outer_network_back(
    two: tuple[int, int], failing: Callable[[], None]
) -> None:
    first, second = two
    with network_context(first):
        with pytest.raises((ZeroDivisionError, DatabaseError)), network_context(second):
            failing()
        assert (setting(), current_network_id()) == (str(first), first)
        assert Partner.objects.count() == rows_without_python() == 7


def test_within_a_transaction_without_network_it_leaves_none(two: tuple[int, int]) -> None:
    with transaction.atomic():
        with network_context(two[0]):
            assert setting() == str(two[0])
        assert (setting(), current_network_id()) == ("", None)
        assert rows_without_python() == 0
        with pytest.raises(NoNetwork):
            Partner.objects.count()


def test_one_connection_serves_one_network_after_the_other(two: tuple[int, int]) -> None:
    """As behind a pool: the same server process, each time only its own rows, in between none."""
    seen = []
    for network_id in (*two, *two):
        with network_context(network_id), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), array_agg(DISTINCT network_id) FROM partners_partner")
            seen.append(cursor.fetchone())
        assert rows_without_python() == 0
    assert [networks for _pid, networks in seen] == [[two[0]], [two[1]]] * 2
    assert len({pid for pid, _networks in seen}) == 1


def test_a_setting_of_the_session_is_overruled_and_never_left_behind(two: tuple[int, int]) -> None:
    with network_context(two[0]):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT reset_val FROM pg_settings WHERE name = 'app.network'")
        assert cursor.fetchone() in [None, ("",)]


def test_a_thread_starts_outside(two: tuple[int, int]) -> None:
    found: list[object] = []

    def look() -> None:
        found.append(current_network_id())
        try:
            Lead.objects.count()
        except NoNetwork as error:
            found.append(type(error))
        finally:
            connections.close_all()

    with network_context(two[0]):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [None, NoNetwork]


def test_two_threads_in_two_networks_at_once(two: tuple[int, int]) -> None:
    met = threading.Barrier(2)
    seen: dict[int, set[int]] = {}

    def look(network_id: int) -> None:
        try:
            with network_context(network_id):
                met.wait(timeout=10)
                seen[network_id] = set(Partner.objects.values_list("network_id", flat=True))
                met.wait(timeout=10)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=look, args=(network_id,)) for network_id in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {two[0]: {two[0]}, two[1]: {two[1]}}


def test_cache_keys_carry_the_network(two: tuple[int, int]) -> None:
    with network_context(two[0]):
        first = cache_key("home", "", 1)
    with network_context(two[1]):
        second = cache_key("home", "", 1)
    assert len({first, second, cache_key("home", "", 1)}) == 3
