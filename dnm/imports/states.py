"""The life of an import and of each of its rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.imports.permissions import ImportCapability
from dnm.workflow.flows import Transition, Workflow


class RunState(models.TextChoices):
    """Uploaded → mapped → checked → running → done. A job checks while mapped and applies while running."""

    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Mapped")
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class RowState(models.TextChoices):
    """Staged rows wait. Applied ones have taken effect. The others stand in the file of bad rows."""

    STAGED = "staged", _("Waiting")
    INVALID = "invalid", _("Refused by the check")
    APPLIED = "applied", _("Applied")
    FAILED = "failed", _("Not applied")


BAD_STATES = (RowState.INVALID, RowState.FAILED)


class RowChange(models.TextChoices):
    """What applying the row does."""

    CREATE = "create", _("New")
    UPDATE = "update", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")


S = RunState
OPEN = frozenset({S.UPLOADED, S.MAPPED, S.CHECKED, S.RUNNING})
USE = ImportCapability.USE

RUN_FLOW = Workflow(
    name="import",
    initial=[S.UPLOADED],
    transitions=[
        Transition("map", frozenset({S.UPLOADED, S.MAPPED, S.CHECKED}), S.MAPPED, USE, _("Map columns")),
        Transition("read_again", frozenset({S.MAPPED, S.CHECKED}), S.UPLOADED, USE, _("Read the file again")),
        Transition("finish_check", frozenset({S.MAPPED}), S.CHECKED, None, _("Checked"), system=True),
        Transition("start", frozenset({S.CHECKED}), S.RUNNING, USE, _("Start import")),
        Transition("finish", frozenset({S.RUNNING}), S.DONE, None, _("Done"), system=True),
        Transition("cancel", OPEN, S.CANCELLED, USE, _("Cancel"), system=True),
        Transition(
            "fail", frozenset({S.UPLOADED, S.MAPPED, S.RUNNING}), S.FAILED, None, _("Failed"), system=True
        ),
        Transition(
            "repeat", frozenset({S.DONE, S.CANCELLED, S.FAILED}), S.MAPPED, USE, _("Take up bad rows again")
        ),
    ],
)
