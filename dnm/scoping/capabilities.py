"""Which roles have which capabilities. Apps register theirs when they start; nobody compares role names."""

from collections.abc import Collection, Mapping
from enum import StrEnum

_ROLES_WITH: dict[str, frozenset[str]] = {}
_MASKS: set[str] = set()


def register_capabilities(granted: Mapping[StrEnum, Collection[StrEnum]]) -> None:
    """Declare, for each capability, the roles that have it. A capability is declared once."""
    for capability, roles in granted.items():
        if _ROLES_WITH.get(str(capability), frozenset(map(str, roles))) != frozenset(map(str, roles)):
            raise ValueError(f"{capability} is declared twice, differently")
        _ROLES_WITH[str(capability)] = frozenset(map(str, roles))


def mark_as_mask(capability: str) -> None:
    """Declare that fields are hidden from who lacks the capability; masks do it by themselves."""
    _MASKS.add(str(capability))


def is_mask(capability: str) -> bool:
    """Whether fields are hidden from who lacks the capability. Borrowed eyes see no more than one's own."""
    return str(capability) in _MASKS


def roles_with(capability: str) -> frozenset[str]:
    """The roles that have the capability. Raises KeyError for one that nobody declared."""
    return _ROLES_WITH[str(capability)]


def all_capabilities() -> dict[str, frozenset[str]]:
    """Every declared capability with its roles, for the generated permissions page and its test."""
    return dict(sorted(_ROLES_WITH.items()))
