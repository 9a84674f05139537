"""Field masks by relationship: who sees a row does not always see all of it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.scoping.capabilities import mark_as_mask

HIDDEN = _("hidden")


@dataclass(frozen=True, slots=True)
class Mask:
    """`fields` are shown to those who hold `capability` on the row, and to nobody else."""

    fields: tuple[str, ...]
    capability: str

    def __post_init__(self) -> None:
        """Known as a mask: who looks through another's eyes needs the capability too."""
        mark_as_mask(self.capability)


def hidden_fields(actor: Actor, row: Any) -> Collection[str]:
    """Names of the row's fields that the actor may not see. Declared beside the model as `masks`."""
    masks: tuple[Mask, ...] = getattr(row, "masks", ())
    return {field for mask in masks if not may(actor, mask.capability, row) for field in mask.fields}


def shown(actor: Actor, row: Any, field: str) -> Any:
    """The field's value, or None when it is hidden from the actor."""
    return None if field in hidden_fields(actor, row) else getattr(row, field)
