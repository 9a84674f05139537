"""One page of a scoped list, by keyset: the only pager, behind the API's cursor and the tables' older /
newer.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Field, Model, Q
from django.utils.translation import gettext as _

from dnm.scoping.errors import Invalid

COUNT_CAP = 10_000
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, and the cursors that lead on. None where there is nothing further."""

    rows: Sequence[Any]
    next_cursor: str | None
    previous_cursor: str | None


def page(
    queryset: Any,
    *,
    order: Sequence[str] = ("-created_at", "-id"),
    cursor: str | None = None,
    limit: int = 25,
) -> Page:
    """The page of `queryset` at `cursor`, at most `limit` rows.

    `order` must end in a unique column. When the queryset was made by `visible_to` and the actor has several
    grants, each grant's newest rows are read by its own index and merged: one OR would lose the index.
    Raises `Invalid` for a cursor that this function did not make.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    backwards, after = _decode(cursor, order, queryset.model)
    reading = _reversed(order) if backwards else tuple(order)
    if after is not None:
        queryset = queryset.filter(_beyond(reading, after))
    rows = _first_rows(queryset, reading, limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    onward = more if not backwards else True
    back = after is not None if not backwards else more
    return Page(
        rows=rows,
        next_cursor=_encode(rows[-1], order, backwards=False) if rows and onward else None,
        previous_cursor=_encode(rows[0], order, backwards=True) if rows and back else None,
    )


def capped_count(queryset: Any, cap: int = COUNT_CAP) -> int:
    """Exact up to `cap`, and `cap + 1` for "more than that"."""
    return int(queryset.order_by()[: cap + 1].count())


def _first_rows(queryset: Any, order: Sequence[str], limit: int) -> list[Any]:
    branches = getattr(queryset, "scope", None) or ()
    if len(branches) <= 1:
        return list(queryset.order_by(*order)[:limit])
    keys = dict.fromkeys([*(name.lstrip("-") for name in order), "pk"])
    bare = queryset.select_related(None).prefetch_related(None)
    parts = [bare.filter(branch.q).order_by(*order).values_list(*keys)[:limit] for branch in branches]
    merged = parts[0].union(*parts[1:]).order_by(*order)[:limit]
    ids = [row[-1] for row in merged]
    found = {row.pk: row for row in queryset.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found]


def _reversed(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _beyond(order: Sequence[str], after: Sequence[Any]) -> Q:
    """Rows strictly after `after` in `order`: the first column alone bounds the index, the rest breaks
    ties.
    """
    terms = Q()
    for position, name in enumerate(order):
        field, step = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        equal = {column.lstrip("-"): value for column, value in zip(order[:position], after, strict=False)}
        terms |= Q(**equal, **{f"{field}__{step}": after[position]})
    first, bound = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{first}__{bound}": after[0]}) & terms


def _encode(row: Model, order: Sequence[str], *, backwards: bool) -> str:
    values = [_plain(getattr(row, name.lstrip("-"))) for name in order]
    text = json.dumps([int(backwards), ",".join(order), *values], separators=(",", ":"))
    return _signer().sign(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) or value is None else str(value)


def _decode(cursor: str | None, order: Sequence[str], model: type[Model]) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        text = _signer().unsign(cursor)
        backwards, made_for, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if made_for != ",".join(order) or len(values) != len(order) or None in values:
            raise ValueError(made_for)
        after = [
            cast("Field[Any, Any]", model._meta.get_field(name.lstrip("-"))).to_python(value)
            for name, value in zip(order, values, strict=True)
        ]
    except (BadSignature, ValueError, ValidationError) as error:
        raise Invalid(
            _("This page marker is not valid. Start from the first page."), code="bad-cursor"
        ) from error
    return bool(backwards), after


def _signer() -> Signer:
    """Cursors are signed: values made by hand (infinities, years beyond the calendar) never get as far as the
    database.
    """
    return Signer(salt="dnm.scoping.pages", sep=".")
