"""The kinds of notification, and the subjects they open. Apps declare both when they start."""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime

Link = Callable[[Any], str]
MISSING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationKind:
    """One thing people are told of.

    `name` is "<app>.<past tense>", stored and stable; `label` is what preferences call it. `title` and `text`
    are translatable formats over the facts of a notification ("{place}", "{answer_by:datetime}"), filled in
    when somebody reads them, in the reader's language. `details` are further (label, format) pairs for the
    mail, which must carry what is needed to decide. `words` gives facts that are codes their label, by fact
    and code. `capability` is what opens the subject. `email` says
    whether a mail is sent unless the member has chosen otherwise. An `urgent` kind has a clock: it cannot be
    switched off in the portal.
    """

    name: str
    label: Any = ""
    title: Any
    text: Any
    capability: str
    details: tuple[tuple[Any, Any], ...] = ()
    words: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict, hash=False)
    email: bool = False
    urgent: bool = False

    @property
    def called(self) -> str:
        """What a list of kinds calls it: the label, else the title with its facts left open."""
        return str(self.label) or FORMATTER.vformat(
            str(self.title), (), dict.fromkeys(self.fact_names(), "…")
        )

    def told(self, wording: Any, facts: Mapping[str, Any]) -> str:
        """A wording of this kind with the facts filled in, in the reader's language."""
        labels = {name: words.get(facts.get(name), facts.get(name)) for name, words in self.words.items()}
        return FORMATTER.vformat(str(wording), (), {**facts, **labels})

    def fact_names(self) -> frozenset[str]:
        """The facts that the wording uses; `notify` refuses any other, so nothing else is ever stored."""
        wordings = [self.title, self.text, *(wording for _label, wording in self.details)]
        return frozenset(
            name for wording in wordings for _text, name, _spec, _how in FORMATTER.parse(str(wording)) if name
        )


class FactFormatter(string.Formatter):
    """`str.format` reduced to plain names, with date and number formats of the reader's language.

    `{due:datetime}`, `{day:date}` and `{time:time}` read ISO 8601 text and tell it in the current time zone;
    `{distance:number}` localises a number. A fact that a row does not have reads as an en dash: wordings
    change and old notifications stay.
    """

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return kwargs.get(field_name), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None or value == "":
            return MISSING
        if format_spec == "number":
            return str(formats.localize(value))
        if format_spec in {"datetime", "date", "time"}:
            return _moment(str(value), format_spec)
        return str(value)


def _moment(text: str, spec: str) -> str:
    moment: datetime | date | None = parse_datetime(text) or parse_date(text)
    if moment is None:
        return text
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    if spec == "time" and isinstance(moment, datetime):
        return formats.time_format(moment, "H:i")
    return formats.date_format(moment, "j M, H:i" if spec == "datetime" else "j M Y")


FORMATTER = FactFormatter()
_KINDS: dict[str, NotificationKind] = {}
_LINKS: dict[str, Link] = {}


def register_kind(kind: NotificationKind) -> NotificationKind:
    """Declare a kind, once, in the app's `ready()`."""
    if _KINDS.get(kind.name, kind) != kind:
        raise ValueError(f"{kind.name} is declared twice, differently")
    _KINDS[kind.name] = kind
    return kind


def register_subject(model: type[Model], *, url: Link) -> None:
    """Declare where rows of a model are looked at. The model's `visible_to` decides who gets there."""
    _LINKS[model._meta.label_lower] = url


def kind_named(name: str) -> NotificationKind | None:
    """The declared kind; None for one that the code no longer knows."""
    return _KINDS.get(name)


def all_kinds() -> list[NotificationKind]:
    """Every declared kind, by name."""
    return [kind for _name, kind in sorted(_KINDS.items())]


def link_to(subject: Model) -> str | None:
    """The address of the subject's page; None when its app declared none."""
    link = _LINKS.get(subject._meta.label_lower)
    return link(subject) if link else None
