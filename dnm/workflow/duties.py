"""Separation of duties: who took an earlier step of a row cannot take a later one.

The log of events is the memory: it is written with each step, in the same transaction, and is append-only
for the application. Nothing is read from the row's present columns or from a session.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.events.kinds import kind_named
from dnm.events.models import Event
from dnm.scoping.errors import NotAllowed

KEPT = "_steps_taken"


class OwnStep(NotAllowed):
    """The actor took an earlier step of this row: somebody else must take this one."""

    code = "own-step"


@dataclass(frozen=True, slots=True)
class Step:
    """An earlier step: its name (of the transition, or the event's kind), and everybody who stood behind
    it.
    """

    names: frozenset[str]
    members: frozenset[int]
    users: frozenset[int]


def steps_of(rows: Sequence[models.Model]) -> dict[int, list[Step]]:
    """What people did to these rows (of one model), by primary key: one query."""
    if not rows:
        return {}
    found: dict[int, list[Step]] = {row.pk: [] for row in rows}
    events = (
        Event.objects.filter(
            subject_type=ContentType.objects.get_for_model(rows[0]), subject_id__in=list(found)
        )
        .exclude(membership=None)
        .order_by("id")
        .values_list(
            "subject_id",
            "kind",
            "payload__transition",
            "membership_id",
            "on_behalf_of_id",
            "membership__user_id",
            "on_behalf_of__user_id",
        )
    )
    for subject, kind, transition, member, behalf, user, behalf_user in events:
        names = frozenset(filter(None, (kind, transition)))
        found[subject].append(Step(names, _known(member, behalf), _known(user, behalf_user)))
    return found


def remember_steps(rows: Sequence[Any]) -> None:
    """Read the steps of a page of rows at once, so that `available` asks nothing for each.

    For what is shown only: `advance` reads them again.
    """
    found = steps_of(rows)
    for row in rows:
        setattr(row, KEPT, found[row.pk])


def own_step(obj: Any, names: Collection[str], actor: Actor, *, anew: bool = False) -> str:
    """The sentence that stands in the way of an actor who took one of the named steps of this row, else "".

    `names` are transitions of the row's workflow, or kinds of events for what is no transition ("somebody
    asked for it"). It counts who acted and in whose name, by membership and by user, now and then.
    """
    if not names or actor.is_system:
        return ""
    steps: list[Step] | None = None if anew else getattr(obj, KEPT, None)
    if steps is None:
        steps = steps_of([obj])[obj.pk]
    members = _known(*(member.pk for member in actor.people))
    users = _known(*(member.user_id for member in actor.people))
    for step in steps:
        taken = step.names & frozenset(names)
        if taken and (step.members & members or step.users & users):
            return _("You took an earlier step here ({step}): somebody else must take this one.").format(
                step=step_label(obj, min(taken))
            )
    return ""


def step_label(obj: Any, name: str) -> str:
    """How a person reads the name of a step; `obj` is a row or a model with a workflow."""
    if name in obj.workflow.transitions:
        return str(obj.workflow[name].label)
    known = kind_named(name)
    return str(known.title) if known else name


def different(*columns: str, name: str) -> models.CheckConstraint:
    """A check for `Meta.constraints`: no two of these columns hold the same (membership, user). Empty ones
    do not count.

    The second lock of a separation, for rows that keep who did it: what no code may write, no code can.
    """
    if len(columns) < 2:
        raise ValueError(f"{name} needs at least two columns")
    condition = Q()
    for first, second in combinations(columns, 2):
        empty = Q(**{f"{first}__isnull": True}) | Q(**{f"{second}__isnull": True})
        condition &= empty | ~Q(**{first: F(second)})
    return models.CheckConstraint(condition=condition, name=name)


def _known(*values: int | None) -> frozenset[int]:
    return frozenset(value for value in values if value is not None)


def undeclared(names: Iterable[str], transitions: Collection[str]) -> list[str]:
    """Of the names, those that are neither transitions of the workflow nor kinds of events."""
    return [name for name in names if name not in transitions and kind_named(name) is None]
