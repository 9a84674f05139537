"""Where an import stands, for the steps above its pages and the bar on them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dnm.imports.models import ImportRun
from dnm.imports.states import RunState
from dnm.web.formats import number

STEPS = (_("Upload"), _("Columns"), _("Check"), _("Preview"), _("Import"), _("Report"))
PLACES = {
    RunState.UPLOADED: 1,
    RunState.MAPPED: 2,
    RunState.CHECKED: 3,
    RunState.RUNNING: 4,
    RunState.DONE: 5,
    RunState.CANCELLED: 5,
    RunState.FAILED: 5,
}


@dataclass(frozen=True, slots=True)
class Step:
    label: Any
    is_past: bool
    is_here: bool


def steps_of(run: ImportRun | None) -> list[Step]:
    """The steps of the wizard; without an import yet, the first is at hand."""
    here = PLACES[RunState(run.state)] if run else 0
    return [Step(label, number < here, number == here) for number, label in enumerate(STEPS)]


def title_of(run: ImportRun) -> str:
    """The import's page in a sentence: what is going on, or what has come of it."""
    good = run.counts.get("staged" if run.state == RunState.CHECKED else "applied", 0)
    facts = {"file": run.file_name, "good": number(good), "total": number(run.total)}
    return {
        RunState.MAPPED: gettext("Checking %(file)s"),
        RunState.CHECKED: gettext("%(good)s of %(total)s rows can be imported"),
        RunState.RUNNING: gettext("Importing %(file)s"),
        RunState.DONE: gettext("%(good)s of %(total)s rows are imported"),
        RunState.CANCELLED: gettext("Cancelled: %(good)s of %(total)s rows are imported"),
        RunState.FAILED: gettext("Failed: %(good)s of %(total)s rows are imported"),
    }.get(RunState(run.state), "%(file)s") % facts


@dataclass(frozen=True, slots=True)
class AtWork:
    """`is_live`: a job is at work. `has_stopped`: it should be and is not, so a person must decide."""

    is_live: bool
    has_stopped: bool
    is_stopping: bool


def at_work(run: ImportRun) -> AtWork:
    wanted = run.state in {RunState.MAPPED, RunState.RUNNING}
    live = wanted and run.job is not None and not run.job.is_over
    return AtWork(is_live=live, has_stopped=wanted and not live, is_stopping=live and run.stop_requested)
