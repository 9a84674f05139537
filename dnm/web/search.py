"""One search over everything. Apps register kinds of records; each kind looks only where the actor may."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.navigation import reachable

SHORTEST = 2
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found: its name, a line that tells it from its neighbours, its address."""

    title: str
    url: str
    detail: str = ""
    badge: str = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind. `more` leads to the list with the same words."""

    label: Any
    icon: str
    hits: Sequence[Hit]
    more: str = ""


SearchFunction = Callable[[Actor, str, int], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Kind:
    label: Any
    icon: str
    capability: str
    function: SearchFunction
    more: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something to begin: `New lead`. `primary` offers it on the home page."""

    label: Any
    icon: str
    capability: str
    url: Callable[[], str]
    primary: bool = False


_kinds: list[Kind] = []
_actions: list[Action] = []


def register_search(kind: Kind) -> None:
    """Make a kind of record findable."""
    _kinds.append(kind)


def register_action(action: Action) -> None:
    """Make an action findable."""
    _actions.append(action)


def actions_for(actor: Actor) -> list[Action]:
    """What the actor may begin."""
    return [action for action in _actions if may(actor, action.capability)]


def search_all(actor: Actor, words: str, *, limit: int) -> list[Group]:
    """Records, actions and pages that fit the words, at most `limit` of each kind; nothing for a single
    letter.
    """
    words = " ".join(words.replace("\x00", " ").split())[:LONGEST]
    if len(words) < SHORTEST:
        return []
    groups = [
        Group(
            kind.label, kind.icon, kind.function(actor, words, limit), kind.more(words) if kind.more else ""
        )
        for kind in _kinds
        if may(actor, kind.capability)
    ]
    groups.append(Group(None, "arrow-right", _places(actor, words)[:limit]))
    return [group for group in groups if group.hits]


def _places(actor: Actor, words: str) -> list[Hit]:
    named = [(str(action.label), action.url()) for action in actions_for(actor)]
    named += [(str(item.label), url) for item, url in reachable(actor)]
    return [Hit(title=label, url=url) for label, url in named if words.casefold() in label.casefold()]
