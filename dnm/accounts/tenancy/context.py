"""The network of the running request, task or command."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

_network_id: ContextVar[int | None] = ContextVar("dnm_network_id", default=None)
_python_scope: ContextVar[bool] = ContextVar("dnm_python_scope", default=True)


class NoNetwork(RuntimeError):
    """A tenant table was queried outside `network_context`."""


def current_network_id() -> int | None:
    """Primary key of the network in whose context the code runs, or None outside any."""
    return _network_id.get()


def python_scope_is_on() -> bool:
    """False only inside `without_python_scope`, which tests use to look at the database's own lock."""
    return _python_scope.get()


@contextmanager
def network_context(network: Any) -> Iterator[None]:
    """Run the block in one network and one transaction of the `default` database.

    `network` is a Network or its primary key. The setting is local to the transaction, so a connection
    that goes back to a pool carries nothing. Nested blocks become savepoints and hand the outer network
    back when they end, also on an exception.
    """
    network_id = int(getattr(network, "pk", network))
    outer = _network_id.get()
    nested = connection.in_atomic_block
    token = _network_id.set(network_id)
    try:
        with transaction.atomic():
            if not (nested and outer == network_id):
                tell_database(network_id)
            yield
        if nested and outer != network_id:
            tell_database(outer)
    finally:
        _network_id.reset(token)


def tell_database(network_id: int | None) -> None:
    """Set `app.network` for the rest of the current transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.network', %s, true)", ["" if network_id is None else str(network_id)]
        )


@contextmanager
def without_python_scope() -> Iterator[None]:
    """Switch the Python half of the isolation off. Only tests of the database half have a use for it."""
    token = _python_scope.set(False)
    try:
        yield
    finally:
        _python_scope.reset(token)


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys carry the network, so that no entry is ever read on another one."""
    network_id = current_network_id()
    return f"dnm:{'global' if network_id is None else network_id}:{key_prefix}:{version}:{key}"
