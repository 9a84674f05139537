"""The first rows of several querysets of different models, in one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import router
from django.db.models import (
    Count,
    DecimalField,
    F,
    IntegerField,
    JSONField,
    Model,
    QuerySet,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Cast, JSONObject, RowNumber

ID = "id"


@dataclass(frozen=True, slots=True)
class Part:
    """An ordered queryset, and what is read of its rows: columns, annotations, and columns of rows that they
    point to ("product_line__name"). Anything else of a row costs a query when it is asked for.
    """

    rows: QuerySet[Any]
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class First:
    """The first rows of a part, and how many it has."""

    rows: list[Any]
    total: int


def first_of_each(parts: Sequence[Part], most: int) -> list[First]:
    """At most so many rows of each part, in their order; one query, however many parts."""
    if not parts:
        return []
    queries = [_query(part, number, most) for number, part in enumerate(parts)]
    found: list[First] = [First([], 0) for _part in parts]
    for number, _place, total, facts in sorted(queries[0].union(*queries[1:], all=True)):
        one = found[number]
        found[number] = First([*one.rows, _built(parts[number].rows.model, facts)], total)
    return found


def _query(part: Part, number: int, most: int) -> QuerySet[Any, Any]:
    facts = {path: _as_json(part.rows, path) for path in _paths(part)}
    order: Any = [*part.rows.query.order_by]
    return (
        part.rows.select_related(None)
        .annotate(
            _number=Value(number, IntegerField()),
            _place=Window(RowNumber(), order_by=order),
            _total=Window(Count("*")),
            _facts=JSONObject(**facts),
        )
        .order_by(*order)
        .values_list("_number", "_place", "_total", "_facts")[:most]
    )


def _paths(part: Part) -> list[str]:
    """What is read, and the key of every row that is met on the way."""
    ways = {path.rpartition("__")[0] for path in part.reads if "__" in path}
    return sorted({ID, *part.reads, *(f"{way}__{ID}" for way in ways)})


def _as_json(rows: QuerySet[Any], path: str) -> Any:
    """Numbers with decimals as text, so that they stay exact."""
    return Cast(F(path), TextField()) if isinstance(_field(rows.model, path), DecimalField) else F(path)


def _field(model: Any, path: str) -> Any:
    """The column at the end of the path; None for an annotation."""
    first, _, rest = path.partition("__")
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:
        return None
    return _field(field.related_model, rest) if rest else field


def _built(model: type[Model], facts: dict[str, Any]) -> Any:
    """The row with what was read of it, as if fetched with `only()`."""
    read = [field for field in model._meta.concrete_fields if field.name in facts]
    values = [_python(field, facts[field.name]) for field in read]
    row: Any = model.from_db(router.db_for_read(model), [field.attname for field in read], values)
    for path in facts:
        if "__" not in path and _field(model, path) is None:
            setattr(row, path, facts[path])
    for name in sorted({path.partition("__")[0] for path in facts if "__" in path}):
        inner = {rest: facts[path] for path, rest in _under(name, facts)}
        related: Any = model._meta.get_field(name).related_model
        row._state.fields_cache[name] = None if inner[ID] is None else _built(related, inner)
    return row


def _under(name: str, facts: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return ((path, path.partition("__")[2]) for path in facts if path.startswith(f"{name}__"))


def _python(field: Any, value: Any) -> Any:
    return value if value is None or isinstance(field, JSONField) else field.to_python(value)
