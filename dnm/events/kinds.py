"""What an event is: a frozen dataclass in the past tense, declared by the app that it belongs to."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

_KINDS: dict[str, type["DomainEvent"]] = {}


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Base of all events.

    `kind` is "<app>.<past tense>", stored and stable. `title` is how a timeline tells it. `internal` events
    are told to network staff only. Fields are values that JSON knows; a field never holds a customer's
    contact data, because events outlive erasure.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    internal: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.kind or cls.kind in _KINDS:
            raise TypeError(f"{cls.__name__} needs a kind of its own")
        _KINDS[cls.kind] = cls

    def payload(self) -> dict[str, Any]:
        return asdict(self)


def kind_named(kind: str) -> type[DomainEvent] | None:
    """The event class of a stored kind; None for one that the code no longer knows."""
    return _KINDS.get(kind)


def all_kinds() -> dict[str, type[DomainEvent]]:
    """Every declared event class by kind: the vocabulary of the log."""
    return dict(sorted(_KINDS.items()))
