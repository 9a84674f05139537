"""Overlaps and gaps of the geography: which postal areas and partners do not fit the territories."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.pages import capped_count
from partners.domain.places import EARTH_RADIUS_KM
from partners.models import Partner, PostalArea, Territory
from partners.permissions import PartnerCapability
from partners.states import PartnerState

FAR_KM = 250
"""Farther from the middle of its territory than this, a partner or a postal area deserves a look."""
SHOWN = 25


def _kilometres() -> Any:
    """Great-circle distance from a row's place to the middle of its territory (haversine, on the mean
    sphere).
    """

    def half(here: str, there: str) -> Any:
        return Power(Sin(Radians(F(here) - F(there)) / 2), 2)

    across = Cos(Radians("latitude")) * Cos(Radians("territory__latitude"))
    chord = half("latitude", "territory__latitude") + across * half("longitude", "territory__longitude")
    return ASin(Least(Value(1.0), Sqrt(chord))) * (2 * EARTH_RADIUS_KM)


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that does not fit: how many, the first of them, and what to do about it."""

    key: str
    title: Any
    advice: Any
    count: int
    rows: list[Any]


Question = Callable[[Actor], Any]


def coverage(actor: Actor) -> list[Finding]:
    """Everything that does not fit, for those who keep the geography. Partners are those in sight."""
    return [_finding(key, title, advice, question(actor)) for key, title, advice, question in QUESTIONS]


def _finding(key: str, title: Any, advice: Any, rows: Any) -> Finding:
    return Finding(key, title, advice, capped_count(rows), list(rows[:SHOWN]))


def _areas_twice(_actor: Actor) -> Any:
    """A code that several countries have, in different territories: a lead without a country may go to
    either.
    """
    others = PostalArea.objects.filter(code=OuterRef("code")).exclude(pk=OuterRef("pk"))
    rows = PostalArea.objects.filter(Exists(others.exclude(territory=OuterRef("territory"))))
    return rows.select_related("territory").order_by("code", "country")


def _areas_nowhere(_actor: Actor) -> Any:
    """In no territory but the whole."""
    rows = PostalArea.objects.filter(territory__parent=None)
    return rows.select_related("territory").order_by("code")


def _areas_not_at_the_bottom(_actor: Actor) -> Any:
    """In a territory that is divided further."""
    deeper = Territory.objects.filter(parent=OuterRef("territory"))
    rows = PostalArea.objects.filter(Exists(deeper), territory__parent__isnull=False)
    return rows.select_related("territory").order_by("code")


def _areas_far(_actor: Actor) -> Any:
    rows = PostalArea.objects.filter(latitude__isnull=False, territory__latitude__isnull=False)
    far = rows.annotate(km=_kilometres()).filter(km__gt=FAR_KM, territory__parent__isnull=False)
    return far.select_related("territory").order_by("-km", "pk")


def _territories_without_areas(_actor: Actor) -> Any:
    """At the bottom of the tree, and no postal code leads there."""
    rows = Territory.objects.annotate(areas=Count("postal_areas")).filter(areas=0, parent__isnull=False)
    below = Territory.objects.filter(parent=OuterRef("pk"))
    return rows.filter(~Exists(below)).order_by("name", "pk")


def _partners(actor: Actor) -> Any:
    rows = Partner.objects.visible_to(actor, PartnerCapability.VIEW).filter(parent__isnull=False)
    return rows.exclude(state=PartnerState.CLOSED).select_related("territory")


def _partners_nowhere(actor: Actor) -> Any:
    return _partners(actor).filter(territory__parent=None).order_by("trade_name", "pk")


def _partners_far(actor: Actor) -> Any:
    rows = _partners(actor).filter(latitude__isnull=False, territory__latitude__isnull=False)
    far = rows.annotate(km=_kilometres()).filter(km__gt=FAR_KM, territory__parent__isnull=False)
    return far.order_by("-km", "pk")


def _partners_elsewhere(actor: Actor) -> Any:
    """The postal code lies in a territory that is neither the partner's, nor in it, nor around it."""
    areas = PostalArea.objects.filter(code=OuterRef("postal_code"))
    place = OuterRef("territory__path")
    fitting = areas.filter(Q(territory__path__below=place) | Q(territory__path__above=place))
    rows = _partners(actor).exclude(postal_code="")
    return rows.filter(Exists(areas), ~Exists(fitting)).order_by("trade_name", "pk")


def _partners_unknown_code(actor: Actor) -> Any:
    areas = PostalArea.objects.filter(code=OuterRef("postal_code"))
    return _partners(actor).filter(~Exists(areas)).exclude(postal_code="").order_by("trade_name", "pk")


QUESTIONS: tuple[tuple[str, Any, Any, Question], ...] = (
    (
        "twice",
        _("Postal codes in two territories"),
        _("Several countries have the code. Leads need a country, or one of the areas must go."),
        _areas_twice,
    ),
    (
        "nowhere",
        _("Postal areas in no territory"),
        _("They hang on the whole geography: leads from there have no zone manager of their own."),
        _areas_nowhere,
    ),
    (
        "not-at-the-bottom",
        _("Postal areas in a territory that is divided further"),
        _("Give them to one of its parts."),
        _areas_not_at_the_bottom,
    ),
    (
        "areas-far",
        _("Postal areas far from their territory"),
        _("Their coordinates, or their territory, are likely wrong."),
        _areas_far,
    ),
    (
        "empty",
        _("Territories without postal areas"),
        _("No lead will ever come from there."),
        _territories_without_areas,
    ),
    (
        "partners-nowhere",
        _("Partners without a territory"),
        _("They hang on the whole geography: no zone manager sees them."),
        _partners_nowhere,
    ),
    (
        "partners-far",
        _("Partners far from their territory"),
        _("Their place, or their territory, is likely wrong."),
        _partners_far,
    ),
    (
        "partners-elsewhere",
        _("Partners whose postal code lies in another territory"),
        _("Leads next door belong to another zone."),
        _partners_elsewhere,
    ),
    (
        "partners-unknown",
        _("Partners with an unknown postal code"),
        _("Bring the postal area in, or correct the code."),
        _partners_unknown_code,
    ),
)
