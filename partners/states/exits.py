"""The life of a line of an exit's settlement, and which lines there are: apps register theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions.exits import ExitCapability

StillOpen = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class SettlementSource:
    """Something that must be settled before a partner is closed.

    `still_open(partner)` is a sentence while the app itself knows of something open, else ""; without it a
    person's word counts. The same key again replaces the source: an app that knows better than a checklist.
    """

    key: str
    label: Any
    order: int = 50
    still_open: StillOpen | None = None


_SOURCES: dict[str, SettlementSource] = {}


def register_settlement(source: SettlementSource) -> None:
    """Put a line on the checklist of every exit that begins from now on."""
    _SOURCES[source.key] = source


def settlement_sources() -> list[SettlementSource]:
    """What is to be settled, in order."""
    return sorted(_SOURCES.values(), key=lambda source: (source.order, source.key))


def source_named(key: str) -> SettlementSource | None:
    """The source of a line; None for one that the code no longer knows."""
    return _SOURCES.get(key)


class SettlementState(models.TextChoices):
    """A line is settled, or waived by a second person."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    WAIVER_ASKED = "waiver_asked", _("Waiver asked for")
    WAIVED = "waived", _("Waived")


T = SettlementState
PENDING = frozenset({T.OPEN, T.WAIVER_ASKED})
SETTLEMENT_TONES = {T.SETTLED: "good", T.WAIVER_ASKED: "warn", T.WAIVED: "info"}
SETTLE, WAIVE = ExitCapability.SETTLE, ExitCapability.WAIVE


def still_open(item: Any) -> str:
    """What the app behind the line knows of as open, as a sentence; "" when nothing is."""
    source = source_named(item.source)
    return source.still_open(item.partner) if source and source.still_open else ""


def _is_over(item: Any) -> str:
    """Reads the settlement: select it with the row."""
    return _plain("This exit is over.") if item.settlement.closed_at is not None else ""


def _not_settled(item: Any) -> str:
    return _is_over(item) or still_open(item)


SETTLEMENT_FLOW = Workflow(
    name="settlement",
    initial=[T.OPEN],
    transitions=[
        Transition(
            "settle",
            frozenset({T.OPEN, T.WAIVER_ASKED}),
            T.SETTLED,
            SETTLE,
            _("Mark as settled"),
            needs=("reason",),
            guard=_not_settled,
        ),
        Transition(
            "ask_waiver",
            frozenset({T.OPEN}),
            T.WAIVER_ASKED,
            SETTLE,
            _("Ask to waive"),
            needs=("reason",),
            guard=_is_over,
        ),
        Transition(
            "waive",
            frozenset({T.WAIVER_ASKED}),
            T.WAIVED,
            WAIVE,
            _("Waive"),
            guard=_is_over,
            distinct_from=("ask_waiver",),
        ),
        Transition(
            "refuse_waiver",
            frozenset({T.WAIVER_ASKED}),
            T.OPEN,
            WAIVE,
            _("Refuse to waive"),
            needs=("reason",),
            guard=_is_over,
        ),
        Transition(
            "reopen",
            frozenset({T.SETTLED, T.WAIVED}),
            T.OPEN,
            SETTLE,
            _("Open again"),
            needs=("reason",),
            guard=_is_over,
        ),
    ],
)
