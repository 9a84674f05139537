"""Writes docs/flows.md from the transition tables. A test compares the two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from dnm.scoping.capabilities import roles_with
from dnm.workflow.duties import step_label
from dnm.workflow.flows import Transition, Workflow, all_workflows

HEAD = """\
# Flows

Written by `python manage.py write_flows` from the transition tables in each app's `states.py`; a test fails
when the two differ. The same tables make the buttons, the API's verbs, the trigger in the database that
refuses every other change of state, and the test of every cell.

"Needs" is what the verb asks for besides. "The system" is a named part of the portal: the router, the clock.
"Not by who took" names earlier steps of the same row: they and this one are never one person's.
"""


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "flows.md"
        target.write_text(flows_page())
        self.stdout.write(f"Wrote {target}")


def flows_page() -> str:
    """The whole page, as Markdown, in English."""
    with translation.override("en"):
        lines = [HEAD]
        for name, workflow in all_workflows().items():
            lines += [*_flow(name, workflow), ""]
    return "\n".join(lines)


def _flow(name: str, workflow: Workflow) -> Iterator[str]:
    model = next(model for model in apps.get_models() if getattr(model, "workflow", None) is workflow)
    field: Any = model._meta.get_field("state")
    labels = {str(value): str(label) for value, label in field.choices}
    yield f"## {name.capitalize()}\n"
    yield "```mermaid\nstateDiagram-v2"
    for state in labels:
        if state in workflow.initial:
            yield f"    [*] --> {state}"
    for transition in workflow.transitions.values():
        for source in _in_order(transition, labels):
            yield f"    {source} --> {transition.target}: {transition.label}"
    yield "```\n"
    ends = [label for state, label in labels.items() if state not in {source for source, _ in workflow.edges}]
    begins = [label for state, label in labels.items() if state in workflow.initial]
    yield f"Begins as {', '.join(begins)}. " + (f"Ends as {', '.join(ends)}.\n" if ends else "Never ends.\n")
    yield "| transition | from | to | who | needs |"
    yield "| --- | --- | --- | --- | --- |"
    for transition in workflow.transitions.values():
        sources = ", ".join(labels[source] for source in _in_order(transition, labels))
        needs = ", ".join(need.replace("_", " ") for need in transition.needs)
        yield (
            f"| {transition.label} `{transition.name}` | {sources} | {labels[str(transition.target)]} "
            f"| {_who(transition, model)} | {needs} |"
        )


def _in_order(transition: Transition, labels: dict[str, str]) -> list[str]:
    return [state for state in labels if state in transition.sources]


def _who(transition: Transition, model: Any) -> str:
    people = []
    if transition.capability is not None:
        people = [role.replace("_", " ") for role in sorted(roles_with(transition.capability))]
    who = ", ".join([*people, *(["the system"] if transition.system else [])])
    apart = " or ".join(f"“{step_label(model, name)}”" for name in transition.distinct_from)
    return f"{who}; not by who took {apart}" if apart else who
