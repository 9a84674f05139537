"""Columns and facts that depend on who reads: masked values, links only to rows in sight."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.scoping.masks import HIDDEN, hidden_fields
from dnm.web import formats

EMPTY = "-"
Value = Callable[[Any, Actor], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A named value of a row, as one actor may see it."""

    name: str
    label: Any
    value: Value

    def __call__(self, row: Any) -> Any:
        """Django's checks want list columns to be callable. A value without its reader is never asked for."""
        raise TypeError(f"the column {self.name} was not given its reader")

    def seen_by(self, actor: Actor) -> "SeenColumn":
        return SeenColumn(self, actor)


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """A column with its reader: what Django's admin calls for each row."""

    column: Column
    actor: Actor

    @property
    def __name__(self) -> str:
        return self.column.name

    @property
    def short_description(self) -> Any:
        return self.column.label

    def __call__(self, row: Any) -> Any:
        value = self.column.value(row, self.actor)
        return EMPTY if value is None or value == "" else value


def seen(columns: Any, actor: Actor, model: type[models.Model]) -> list[Any]:
    """The columns with their reader, and times as the portal writes them; other plain names stay."""
    return [_with_reader(one, actor, model) for one in columns]


def _with_reader(one: Any, actor: Actor, model: type[models.Model]) -> Any:
    if isinstance(one, Column):
        return one.seen_by(actor)
    field = model._meta.get_field(one)
    if isinstance(field, models.DateTimeField):
        return Column(one, field.verbose_name, _moment_of(one)).seen_by(actor)
    return one


@cache
def _moment_of(name: str) -> Value:
    """The same function for the same name: Django compares columns."""

    def moment(row: Any, actor: Actor) -> str | None:
        at = getattr(row, name)
        return formats.moment(at, timezone.now()) if at else None

    return moment


def linked(row: Any, actor: Actor, capability: str) -> Any:
    """The row's name, as a link when the actor may open it here; None for no row."""
    if row is None:
        return None
    if not may(actor, capability, row):
        return str(row)
    return link(row, str(row))


def link(row: Any, text: Any) -> Any:
    """A link to the row's page in this administration."""
    return format_html('<a href="{}">{}</a>', row_url(row), text)


def row_url(row: Any) -> str:
    """The address of the row's page in this administration."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.uid])


def masked(field: str) -> Value:
    """The field's value, or the word that it is hidden."""

    def value(row: Any, actor: Actor) -> Any:
        return HIDDEN if field in hidden_fields(actor, row) else getattr(row, field)

    return value
