"""Reading the log."""

from collections.abc import Collection, Mapping

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from dnm.events.kinds import all_kinds
from dnm.events.models import Event
from dnm.scoping.pages import Page, page

LENGTH = 50


Keys = Mapping[int, Collection[int]]
"""Rows, by the id of their content type, as their keys."""


def timeline(
    subject: models.Model, *, everything: bool, cursor: str | None = None, also: Keys | None = None
) -> Page:
    """What happened to a row, newest first, a page of `LENGTH` entries that the reader may know of.

    `everything` is for network staff. Others are told neither internal events nor what happened while the row
    belonged to another partner. `also` are rows that hang on it, all in the reader's sight: few enough to be
    named one by one, for the index. Raises `Invalid` for a cursor that is none.
    """
    told = _about(content_type_id(type(subject)), [subject.pk])
    if not everything:
        told &= Q(anchor_id=None) | Q(anchor_id=getattr(subject, "partner_id", None))
    for kind, keys in (also or {}).items():
        told |= _about(kind, keys)
    events = Event.objects.filter(told)
    if not everything:
        events = events.filter(kind__in=[name for name, kind in all_kinds().items() if not kind.internal])
    return page(events, order=("-id",), cursor=cursor, limit=LENGTH)


def content_type_id(model: type[models.Model]) -> int:
    """By which events name rows of a model as their subject."""
    return ContentType.objects.get_for_model(model).pk


def _about(kind: int, keys: Collection[int]) -> Q:
    return Q(subject_type_id=kind, subject_id__in=list(keys))
