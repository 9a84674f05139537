"""The tables that the audit reads: the log of events, and every history table there is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dnm.accounts.history import CHANGED, REMOVED
from dnm.events.kinds import all_kinds
from dnm.events.models import Event

Narrow = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One table. `at` and `pk` are its columns of time and order; `tracked` the model whose history it is,
    None for the log.
    """

    key: str
    model: Any
    at: str
    pk: str
    tracked: Any = None

    def rows(self) -> Any:
        """Its rows in the current network."""
        if self.tracked is None:
            return self.model.objects.select_related("membership__user", "on_behalf_of__user", "subject_type")
        return self.model.objects.filter(pgh_label__in=(CHANGED, REMOVED))

    def by_people(self, members: Any) -> Q:
        """Done by one of these memberships (keys, or a query of them), or in the name of one."""
        if self.tracked is None:
            return Q(membership__in=members) | Q(on_behalf_of__in=members)
        keys = list(members)
        return Q(pgh_context__member__in=keys) | Q(pgh_context__for__in=keys)

    def about(self, row: Model) -> Q | None:
        """About this record; None when the table has nothing about such records."""
        if self.tracked is None:
            return Q(subject_type=ContentType.objects.get_for_model(row), subject_id=row.pk)
        return Q(pgh_obj_id=row.pk) if isinstance(row, self.tracked) else None


@cache
def sources() -> tuple[Source, ...]:
    """Every source, in a fixed order: it decides between two entries of the same moment."""
    found = [Source("event", Event, "occurred_at", "id")]
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        tracked: Any = getattr(model, "pgh_tracked_model", None)
        if tracked is not None and any(field.name == "network" for field in model._meta.fields):
            found.append(Source(tracked._meta.label_lower, model, "pgh_created_at", "pgh_id", tracked))
    return tuple(found)


def kinds() -> list[tuple[str, str]]:
    """What an entry can be, as (key, label): changes by model, then the events that the code knows."""
    changes = [
        (source.key, _("Changed: {model}").format(model=source.tracked._meta.verbose_name))
        for source in sources()
        if source.tracked is not None
    ]
    events = [(kind, str(capfirst(str(known.title)))) for kind, known in all_kinds().items() if known.title]
    return sorted(changes, key=lambda one: one[1]) + sorted(events, key=lambda one: one[1])
