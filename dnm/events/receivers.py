"""Who wants to hear of what. Receivers run in a worker, after the commit, at least once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dnm.events.kinds import DomainEvent

if TYPE_CHECKING:
    from dnm.events.models import Event

Function = Callable[["Event"], None]


@dataclass(frozen=True, slots=True)
class Receiver:
    """`name` is stored with each delivery and must stay; `queue` is the worker queue it runs in."""

    name: str
    function: Function
    queue: str


_BY_NAME: dict[str, Receiver] = {}
_BY_KIND: dict[str, list[Receiver]] = {}


def receives(*events: type[DomainEvent], name: str, queue: str = "default") -> Callable[[Function], Function]:
    """Decorator: call the function with the event row for every event of these classes.

    It runs in the event's network and in one transaction with the mark that it is done: what it writes to the
    database takes effect once. What it does elsewhere (a mail, a call) may happen twice and must stand that.
    """

    def register(function: Function) -> Function:
        receiver = Receiver(name=name, function=function, queue=queue)
        if name in _BY_NAME:
            raise ValueError(f"two receivers are called {name}")
        _BY_NAME[name] = receiver
        for event in events:
            _BY_KIND.setdefault(event.kind, []).append(receiver)
        return function

    return register


def receivers_of(kind: str) -> list[Receiver]:
    return _BY_KIND.get(kind, [])


def receiver_named(name: str) -> Receiver | None:
    return _BY_NAME.get(name)
