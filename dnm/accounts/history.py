"""Field history of tenant models: pghistory with the context in the row and the network's own policy."""

from collections.abc import Callable, Sequence
from typing import Any

import pghistory

from dnm.accounts.tenancy.constraints import AppendOnly, NetworkPolicy


def tracked(*, name: str, exclude: Sequence[str] = ()) -> Callable[[Any], Any]:
    """Class decorator: keep every change and removal of a row, including those of bulk statements.

    `name` is the event model's name. The event table carries the network, its policy, and is append-only for
    the application. `exclude` names derived columns whose changes say nothing.
    """
    return pghistory.track(
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=list(exclude), exclude_auto=True)),
        pghistory.DeleteEvent(),
        model_name=name,
        exclude=list(exclude),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]
        meta={
            "constraints": [
                NetworkPolicy(name=f"{name.lower()}_policy"),
                AppendOnly(name=f"{name.lower()}_append_only"),
            ]
        },
    )
