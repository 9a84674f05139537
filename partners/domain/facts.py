"""Changing named facts of a row, and knowing which really changed."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from dnm.scoping.errors import Invalid


def put_facts(row: Any, changes: Mapping[str, Any], *, allowed: Collection[str]) -> list[str]:
    """Set the changed facts on `row`, unsaved; their names, sorted. Raises `Invalid` for any other name."""
    unknown = changes.keys() - set(allowed)
    if unknown:
        raise Invalid(fields={name: _("This cannot be changed here.") for name in sorted(unknown)})
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    return changed
