"""Numbers, distances, times and spans as the network's people write them (Babel over CLDR)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale, UnknownLocaleError, dates, lists, numbers, units
from django.utils import timezone, translation
from django.utils.translation import gettext as _

_locale: ContextVar[str] = ContextVar("dnm_formats_locale", default="en")


@contextmanager
def formats_of(locale: str) -> Iterator[None]:
    """Format as in `locale` (en_IN, de_DE) for the length of the block."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def blended(language: str, network_locale: str) -> str:
    """The reader's language with the network's territory, where CLDR knows the pair; else the network's
    own.
    """
    territory = network_locale.partition("_")[2]
    for candidate in (f"{language.replace('-', '_')}_{territory}", network_locale, "en"):
        try:
            return str(Locale.parse(candidate))
        except (UnknownLocaleError, ValueError):
            continue
    return "en"


def number(value: float | Decimal, digits: int = 0) -> str:
    """A number with the locale's grouping: 1,84,300 in India."""
    rounded: Any = round(value, digits)
    return str(numbers.format_decimal(rounded, locale=_locale.get()))


def percent(share: float | Decimal, digits: int = 0) -> str:
    """A share of one as percent."""
    rounded = round(Decimal(str(share)), digits + 2)
    return str(numbers.format_percent(rounded, locale=_locale.get(), decimal_quantization=False))


def money(amount: Decimal, currency: str) -> str:
    """An amount in its document's currency."""
    return str(numbers.format_currency(amount, currency, locale=_locale.get()))


def short_money(amount: Decimal, currency: str) -> str:
    """An amount as people say it: ₹14L in India, €1.4M elsewhere."""
    return str(numbers.format_compact_currency(amount, currency, locale=_locale.get(), fraction_digits=1))


def listed(words: Sequence[str], *, either: bool = False) -> str:
    """Words one after the other, "and" (or "or") before the last."""
    return str(lists.format_list(words, style="or" if either else "standard", locale=_locale.get()))


def kilometres(distance: float) -> str:
    """A distance in kilometres: one decimal below a hundred, none above. Under one it says no more than that.

    Places are known by their postal area, so a few hundred metres are nothing that one could know.
    """
    if distance < 1:
        return _("under {distance}").format(distance=kilometres(1.0))
    rounded = round(distance, 1) if distance < 100 else round(distance)
    return str(units.format_unit(rounded, "length-kilometer", length="short", locale=_locale.get()))


def day(at: datetime) -> str:
    """The long date of a moment, in the reader's time zone: Monday 23 November."""
    local = timezone.localtime(at)
    return str(dates.format_skeleton("EEEEdMMMM", local, locale=_locale.get()))


def short_day(day: date) -> str:
    """A day with its year: 24 Oct 2026."""
    return str(dates.format_skeleton("yMMMd", day, locale=_locale.get()))


def moment(at: datetime, now: datetime) -> str:
    """Date and time, as short as they stay clear: today only the time, this year no year."""
    local, here = timezone.localtime(at), timezone.localtime(now)
    clock = str(dates.format_time(local, "short", locale=_locale.get()))
    if local.date() == here.date():
        return clock
    skeleton = "dMMM" if local.year == here.year else "yMMMd"
    return f"{dates.format_skeleton(skeleton, local, locale=_locale.get())}, {clock}"


def span(length: timedelta) -> str:
    """A length of time in its one or two largest units: 18 min, 1 hr 52 min, 6 days."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return _unit(days, "day")
    if hours >= 24:
        return " ".join([_unit(1, "day"), *([_unit(hours - 24, "hour")] if hours > 24 else [])])
    if hours:
        rest = minutes - 60 * hours
        return " ".join([_unit(hours, "hour"), *([_unit(rest, "minute")] if rest else [])])
    return _unit(minutes, "minute")


def ago(at: datetime, now: datetime) -> str:
    """How long ago a moment was, in words."""
    return str(dates.format_timedelta(at - now, add_direction=True, locale=_locale.get()))


def counted(count: int, cap: int) -> str:
    """An exact count, or the cap and a plus sign."""
    return _("{count}+").format(count=number(cap)) if count > cap else number(count)


def language_of_reader() -> str:
    """The active language, as in `lang`."""
    return translation.get_language() or "en"


def _unit(value: int, unit: str) -> str:
    return str(units.format_unit(value, f"duration-{unit}", length="short", locale=_locale.get()))
