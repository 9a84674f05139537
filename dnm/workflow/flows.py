"""The transition table and the two functions that read it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.kinds import DomainEvent
from dnm.events.publishing import publish
from dnm.scoping.authority import authorise, may
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.workflow.duties import OwnStep, own_step

Guard = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Transition:
    """One named edge (or several with the same target) of a workflow.

    `capability` is what a person needs on the row, None when only the system may. `system` lets named parts
    of the system take it. `needs` names what the verb asks for besides (a reason, a proof). `guard` returns a
    sentence when the row itself stands in the way, and "" when not. `distinct_from` names earlier steps
    (transitions, or kinds of events): who took one of them on this row cannot take this one.
    """

    name: str
    sources: frozenset[str]
    target: str
    capability: str | None
    label: Any
    system: bool = False
    needs: tuple[str, ...] = ()
    guard: Guard | None = None
    distinct_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A transition that the actor's role allows here; `why_not` is a sentence when it is blocked at
    present.
    """

    transition: Transition
    why_not: str = ""


class Workflow:
    """The table of one model's states: the only way in which they change."""

    def __init__(self, *, name: str, initial: Iterable[str], transitions: Iterable[Transition]) -> None:
        self.name = name
        self.initial = frozenset(map(str, initial))
        self.transitions = {transition.name: transition for transition in transitions}
        _WORKFLOWS[name] = self

    def __getitem__(self, name: str) -> Transition:
        return self.transitions[name]

    @property
    def edges(self) -> list[tuple[str, str]]:
        """All allowed (from, to) pairs, for the database's trigger."""
        return sorted({(str(s), str(t.target)) for t in self.transitions.values() for s in t.sources})


_WORKFLOWS: dict[str, Workflow] = {}


def all_workflows() -> dict[str, Workflow]:
    """Every declared workflow by name, for the generated page and the cell tests."""
    return dict(sorted(_WORKFLOWS.items()))


def available(obj: Any, actor: Actor) -> list[Offered]:
    """The transitions that `actor` may take on `obj` from its present state, blocked ones with the
    sentence why.
    """
    found = []
    for transition in obj.workflow.transitions.values():
        if obj.state not in transition.sources or transition.capability is None:
            continue
        if may(actor, transition.capability, obj):
            blocked = transition.guard(obj) if transition.guard else ""
            found.append(Offered(transition, blocked or own_step(obj, transition.distinct_from, actor)))
    return found


def advance(
    obj: Any,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    event: DomainEvent,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    authorised: bool = False,
) -> None:
    """Take the transition `name` on `obj`: capability, source state, guard, one conditional UPDATE, one
    event.

    `changes` are columns that change together with the state. The UPDATE names the states it starts from, so
    of two who act at the same time one gets `Conflict`. `authorised` is for a step that follows from another
    row's transition, on which the actor was authorised (accepting the offer moves the lead); it does not
    lift a separation of duties. Raises `NotAllowed`, `Conflict`, `Invalid`. Must run in the verb's
    transaction.
    """
    transition = obj.workflow[name]
    if not authorised:
        _check_actor(transition, obj, actor)
    _check_duties(transition, obj, actor)
    if "reason" in transition.needs and not reason.strip():
        raise Invalid(fields={"reason": _("Give a reason.")})
    blocked = transition.guard(obj) if transition.guard else ""
    if blocked:
        raise Conflict(blocked, code="guarded")
    before = obj.state
    values = {"state": transition.target, "state_changed_at": at, **(changes or {})}
    updated = _rows(obj).filter(pk=obj.pk, state=before, state__in=transition.sources).update(**values)
    if not updated:
        raise Conflict(
            _("Somebody was faster, or this is no longer possible: reload to see the present state."),
            code="state-changed",
        )
    for field, value in values.items():
        setattr(obj, field, value)
    publish(
        event,
        subject=obj,
        actor=actor,
        at=at,
        extra={
            "transition": name,
            "from": str(before),
            "to": str(transition.target),
            **({"reason": reason} if reason else {}),
        },
    )


def _rows(obj: models.Model) -> Any:
    return type(obj)._default_manager


def _check_actor(transition: Transition, obj: Any, actor: Actor) -> None:
    if actor.is_system:
        if not transition.system:
            raise NotAllowed
    elif transition.capability is None:
        raise NotAllowed
    else:
        authorise(actor, transition.capability, obj)


def _check_duties(transition: Transition, obj: Any, actor: Actor) -> None:
    """Raise `OwnStep` for who took one of the steps that this one must be kept apart from.

    The row is locked first: no step can be taken between the question and the answer.
    """
    if not transition.distinct_from or actor.is_system:
        return
    list(_rows(obj).filter(pk=obj.pk).select_for_update(of=("self",)).values_list("pk"))
    blocked = own_step(obj, transition.distinct_from, actor, anew=True)
    if blocked:
        raise OwnStep(blocked)
