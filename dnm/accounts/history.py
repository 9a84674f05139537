"""Field history of tenant models: pghistory with the context in the row and the network's own policy.

Each row of a history table is the row as it was *before* a change or its removal, with who made it. What it
became is the next such row of the same record, or the record itself.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pghistory
import structlog
from django.db import connection, models

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.constraints import AppendOnly, NetworkPolicy

CHANGED, REMOVED = "change", "delete"
"""Labels of history rows. Rows called "update" are of an older kind, which kept the row after its change."""


def tracked(*, name: str, exclude: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Class decorator: keep every change and removal of a row, including those of bulk statements.

    `name` is the event model's name. The event table carries the network, its policy, and is append-only for
    the application. `exclude` names derived columns whose changes say nothing.
    """
    return pghistory.track(
        pghistory.UpdateEvent(
            CHANGED,
            row=pghistory.Old,
            condition=pghistory.AnyChange(exclude=list(exclude), exclude_auto=True),
        ),
        pghistory.DeleteEvent(),
        model_name=name,
        exclude=list(exclude),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        meta={
            "constraints": [
                NetworkPolicy(name=f"{name.lower()}_policy"),
                AppendOnly(name=f"{name.lower()}_append_only"),
            ],
            "indexes": [
                models.Index(
                    fields=["network", "-pgh_created_at", "-pgh_id"], name=f"{name.lower()[:23]}_newest"
                )
            ],
        },
    )


def sign(actor: Actor) -> None:
    """Name who makes the changes of the rest of this transaction; their history carries it."""
    said = {
        "name": actor.name,
        "via": actor.via,
        "member": actor.membership_id,
        "for": actor.on_behalf_of.pk if actor.on_behalf_of else None,
        "request": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [json.dumps(said)])
