"""Actions: a verb of the domain, done to each chosen row, with what became of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.scoping.errors import DomainError
from dnm.web.admin.forms import ReasonForm, VerbForm
from dnm.workflow.flows import Workflow, available

MOST_ROWS = 200
Perform = Callable[[Any, Mapping[str, Any], Actor, datetime], Any]
Offered = Callable[[Any, Actor], str | None]


@dataclass(frozen=True, slots=True)
class RowVerb:
    """A verb that can be done to a row, from a list and from the row's page.

    `perform` gets the row, what `form` asked for, the actor and the time. `offered` says for the row's page
    whether the verb is shown: "" as a button, a sentence as a button that tells why not, None not at all.
    """

    name: str
    label: Any
    capability: str
    perform: Perform
    form: type[VerbForm] = VerbForm
    offered: Offered | None = None
    is_grave: bool = False

    @property
    def asks(self) -> bool:
        """Whether a page asks for something first."""
        return bool(self.form.base_fields) or self.is_grave

    def offered_on(self, row: Any, actor: Actor) -> str | None:
        if self.offered is not None:
            return self.offered(row, actor)
        return "" if may(actor, self.capability, row) else None


def flow_verbs(
    workflow: Workflow, names: Sequence[str], perform: Callable[[str], Perform]
) -> tuple[RowVerb, ...]:
    """The named transitions of a workflow as verbs: label, capability and the reason come from its table."""
    return tuple(
        RowVerb(
            name=name,
            label=workflow[name].label,
            capability=workflow[name].capability or "",
            perform=perform(name),
            form=ReasonForm if "reason" in workflow[name].needs else VerbForm,
            offered=by_flow(name),
        )
        for name in names
    )


def by_flow(name: str) -> Offered:
    """Offered while the row's state allows it."""

    def offered(row: Any, actor: Actor) -> str | None:
        return next((found.why_not for found in available(row, actor) if found.transition.name == name), None)

    return offered


def run(request: Any, verb: RowVerb, rows: Sequence[Any], values: Mapping[str, Any], *, actor: Any) -> None:
    """Do the verb to each row on its own, and say of each what became of it.

    A row that the domain refuses does not keep the others back: every verb is atomic by itself.
    """
    at = timezone.now()
    for row in rows:
        name = str(row)
        try:
            verb.perform(row, values, actor, at)
        except DomainError as error:
            messages.error(request, _("{row}: {why}").format(row=name, why=error.message))
        else:
            messages.success(request, _("{row}: done ({verb}).").format(row=name, verb=verb.label))
