"""What an entry of the audit says, and what it keeps to itself: masks hold in before and after too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dnm.accounts.actors import Actor
from dnm.accounts.history import REMOVED
from dnm.accounts.models import Membership
from dnm.events.models import Event
from dnm.scoping.authority import may_everywhere
from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.scoping.permissions import OversightCapability
from partners.domain.audit.sources import Source
from partners.domain.people import members_visible_to
from partners.models import ProductLine

SECRETS = ("token", "digest", "secret", "password")
"""Columns of such names hold what nobody reads, in no table."""
LEFT_OUT = frozenset(
    {"id", "uid", "network", "pgh_id", "pgh_obj", "pgh_created_at", "pgh_label", "pgh_context"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after, as a person reads it."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did. `behalf` is in whose name, or as whom, it was done; `record` is empty when
    it is out of the reader's sight.
    """

    at: datetime
    kind: str
    title: str
    who: str
    behalf: str
    via: str
    record: str
    url: str
    record_kind: str
    request: str
    detail: str = ""
    changes: list[Change] = field(default_factory=list)


Found = tuple[Source, Any]


def told(found: Sequence[Found], actor: Actor) -> list[Entry]:
    """The entries in words, for this reader. The number of queries goes with the kinds of records, not with
    the entries.
    """
    sight = _Sight(actor)
    sight.look_up(_subjects(found))
    after = _Afterwards(found)
    people = _people(found)
    return [
        _event(row, sight) if source.tracked is None else _history(source, row, sight, after, people)
        for source, row in found
    ]


def _event(row: Event, sight: "_Sight") -> Entry:
    model = row.subject_type.model_class()
    name, url = sight.named(model, row.subject_id)
    return Entry(
        at=row.occurred_at,
        kind=row.kind,
        title=str(row.title),
        who=row.actor_name,
        behalf=str(row.on_behalf_of.user) if row.on_behalf_of else "",
        via=row.via,
        record=name,
        url=url,
        record_kind=str(capfirst(model._meta.verbose_name)) if model else "",
        request=row.request_id,
        detail=str(row.payload.get("reason", "")) if name else "",
        changes=_steps(row, model) if name else [],
    )


def _steps(row: Event, model: Any) -> list[Change]:
    """A step of a workflow is a change of the state."""
    before, after = row.payload.get("from"), row.payload.get("to")
    if not (isinstance(before, str) and isinstance(after, str)) or model is None:
        return []
    if "state" not in _names(model):
        return []
    column: Any = model._meta.get_field("state")
    labels = {str(value): str(label) for value, label in column.choices or ()}
    label = str(capfirst(column.verbose_name))
    return [Change("state", label, labels.get(before, before), labels.get(after, after))]


def _history(
    source: Source, row: Any, sight: "_Sight", after: "_Afterwards", people: Mapping[int, str]
) -> Entry:
    context = row.pgh_context if isinstance(row.pgh_context, dict) else {}
    name, url = sight.named(source.tracked, row.pgh_obj_id)
    gone = row.pgh_label == REMOVED
    title = _("Removed: {model}") if gone else _("Changed: {model}")
    return Entry(
        at=row.pgh_created_at,
        kind=source.key,
        title=title.format(model=source.tracked._meta.verbose_name),
        who=str(context.get("name") or _("the system")),
        behalf=people.get(context.get("for") or 0, ""),
        via=str(context.get("via") or "system"),
        record=name,
        url=url,
        record_kind=str(capfirst(source.tracked._meta.verbose_name)),
        request=str(context.get("request") or ""),
        changes=sight.changes(source.tracked, row, None if gone else after.of(source, row)),
    )


def _subjects(found: Iterable[Found]) -> dict[Any, set[int]]:
    keys: dict[Any, set[int]] = {}
    for source, row in found:
        model = source.tracked or row.subject_type.model_class()
        keys.setdefault(model, set()).add(row.pgh_obj_id if source.tracked else row.subject_id)
    keys.pop(None, None)
    return keys


def _people(found: Iterable[Found]) -> dict[int, str]:
    """Names of those in whose name history was made."""
    keys = {
        int(row.pgh_context["for"])
        for source, row in found
        if source.tracked is not None and isinstance(row.pgh_context, dict) and row.pgh_context.get("for")
    }
    rows = Membership.objects.filter(pk__in=keys).select_related("user") if keys else []
    return {row.pk: str(row.user) for row in rows}


class _Afterwards:
    """What each history row became: the next one of the same record, or the record as it is."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._next: dict[tuple[str, int], Any] = {}
        wanted: dict[Source, list[Any]] = {}
        for source, row in found:
            if source.tracked is not None:
                wanted.setdefault(source, []).append(row)
        for source, rows in wanted.items():
            keys = {row.pgh_obj_id for row in rows}
            oldest = min(row.pgh_id for row in rows)
            later = source.rows().filter(pgh_obj_id__in=keys, pgh_id__gte=oldest).order_by("pgh_id")
            line: dict[int, list[Any]] = {}
            for row in later:
                line.setdefault(row.pgh_obj_id, []).append(row)
            now = {row.pk: row for row in source.tracked.objects.filter(pk__in=keys)}
            for key, chain in line.items():
                for row, became in zip(chain, [*chain[1:], now.get(key)], strict=True):
                    self._next[source.key, row.pgh_id] = became

    def of(self, source: Source, row: Any) -> Any:
        return self._next.get((source.key, row.pgh_id))


class _Sight:
    """The records of one page that the reader may see, by name, and what of their fields."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._whole = may_everywhere(actor, OversightCapability.AUDIT)
        self._rows: dict[tuple[Any, int], Any] = {}
        self._names: dict[tuple[Any, int], str] = {}
        self._lines: dict[int, str] | None = None
        self._shut: dict[tuple[Any, Any], bool] = {}

    def look_up(self, keys: Mapping[Any, set[int]]) -> None:
        """Read the records that the reader may see, a query for each kind."""
        for model, wanted in keys.items():
            rows = _visible(model, self._actor)
            if rows is None:
                continue
            for row in rows.filter(pk__in=wanted).select_related(*_for_name(model)):
                self._rows[model, row.pk] = row

    def named(self, model: Any, pk: int) -> tuple[str, str]:
        """Name and address; both empty when the record is out of sight or gone."""
        row = self._rows.get((model, pk))
        if row is None:
            return "", ""
        if self._under_a_mask(model, row):
            return str(capfirst(model._meta.verbose_name)), ""
        return str(row), str(row.get_absolute_url()) if hasattr(row, "get_absolute_url") else ""

    def changes(self, model: Any, row: Any, after: Any) -> list[Change]:
        """Field by field. Out of sight: the labels alone; behind a mask: that it is hidden."""
        found = []
        hidden = self._hidden(model, row)
        for column in model._meta.fields:
            if column.name in LEFT_OUT or not hasattr(row, column.attname):
                continue
            before = getattr(row, column.attname)
            now = getattr(after, column.attname) if after is not None else None
            if before == now:
                continue
            secret = any(word in column.name for word in SECRETS)
            shut = secret or hidden is None or column.name in hidden
            told_before = str(HIDDEN) if shut else self._said(column, before)
            told_now = str(HIDDEN) if shut else self._said(column, now)
            found.append(Change(column.name, str(capfirst(column.verbose_name)), told_before, told_now))
        return found

    def _hidden(self, model: Any, row: Any) -> frozenset[str] | None:
        """Names of hidden fields; None for all of them.

        Who audits a part sees values of records in sight, and not those of a former owner's time. Where a
        mask hides anything, free text is hidden with it: people write numbers into it.
        """
        live = self._rows.get((model, row.pgh_obj_id))
        if live is None:
            gone = self._whole and not model.objects.filter(pk=row.pgh_obj_id).exists()
            if not gone:
                return None
            masks = getattr(model, "masks", ())
            shut = [mask for mask in masks if not may_everywhere(self._actor, mask.capability)]
            names = {name for mask in shut for name in mask.fields}
            return frozenset(names | (_texts(model) if names else set()))
        if self._under_a_mask(model, live):
            return None
        anchor = getattr(live, "partner_id", None)
        if not self._whole and hasattr(row, "partner_id") and row.partner_id not in (None, anchor):
            return None
        names = set(hidden_fields(self._actor, live))
        return frozenset(names | (_texts(model) if names else set()))

    def _under_a_mask(self, model: Any, row: Any) -> bool:
        """Whether the row is a mere part (seen by no capability of its own) of a record of which something is
        hidden: an answer of an application.
        """
        if getattr(model, "view_capability", None) is not None or model is Membership:
            return False
        for column in model._meta.fields:
            parent = column.related_model if column.is_relation else None
            if parent is None or column.name == "network" or not getattr(parent, "masks", ()):
                continue
            key = (parent, getattr(row, column.attname))
            if key[1] is not None and key not in self._shut:
                above = parent.objects.filter(pk=key[1]).first()
                self._shut[key] = above is None or bool(hidden_fields(self._actor, above))
            if self._shut.get(key, False) and not getattr(model, "masks", ()):
                return True
        return False

    def _said(self, column: Any, value: Any) -> str:
        if value is None or value == "":
            return ""
        if column.is_relation:
            return self._related(column.related_model, value)
        if isinstance(column, ArrayField) and column.name.endswith("line_ids"):
            return ", ".join(self._line(pk) for pk in value)
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return str(value)

    def _related(self, model: Any, pk: int) -> str:
        """The name of the row that a key leads to, if the reader may see it. A key itself is never shown."""
        if (model, pk) not in self._names:
            rows = _visible(model, self._actor)
            row = rows.filter(pk=pk).first() if rows is not None else None
            self._names[model, pk] = str(row) if row is not None else _("another record")
        return self._names[model, pk]

    def _line(self, pk: int) -> str:
        if self._lines is None:
            self._lines = {line.pk: str(line) for line in ProductLine.objects.all()}
        return self._lines.get(pk, _("another record"))


def _visible(model: Any, actor: Actor) -> Any:
    """The model's rows that the reader may see; None for models that are asked otherwise."""
    if model is Membership:
        return members_visible_to(actor)
    capability = getattr(model, "view_capability", None)
    rows: Any = getattr(model, "objects", None)
    if capability is None or not hasattr(rows, "visible_to"):
        whole = may_everywhere(actor, OversightCapability.AUDIT)
        return rows.all() if whole and rows is not None and "network" in _names(model) else None
    return rows.visible_to(actor, capability)


def _names(model: Any) -> set[str]:
    return {column.name for column in model._meta.fields}


def _texts(model: Any) -> set[str]:
    return {column.name for column in model._meta.fields if isinstance(column, models.TextField)}


def _for_name(model: Any) -> list[str]:
    """Keys that `__str__` of such records may read."""
    wanted = {
        "content_object",
        "membership",
        "permission",
        "product_line",
        "type",
        "user",
        "within_territory",
    }
    return sorted(one.name for one in model._meta.fields if one.is_relation and one.name in wanted)
