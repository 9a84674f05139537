"""How many notifications the actor has not read. The rows are kept by `dnm.notifications`, which declares them."""

from collections.abc import Callable

from dnm.accounts.actors import Actor

Counter = Callable[[Actor], int]
_counters: list[Counter] = []


def register_bell(counter: Counter) -> None:
    """Declare how unread notifications are counted: one query."""
    _counters[:] = [counter]


def unread(actor: Actor) -> int:
    """The number on the bell."""
    return _counters[0](actor) if _counters else 0
