"""The words of the tier engine: what a tier may give, what a review may come to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A benefit by the name under which other apps ask for it. `nothing` is what a partner without it has."""

    name: str
    label: Any
    unit: Literal["percent", "days", "number"]
    nothing: Decimal = Decimal(0)


_ENTITLEMENTS: dict[str, Entitlement] = {}


def register_entitlement(entitlement: Entitlement) -> Entitlement:
    """Declare a benefit that tiers may give, once, in the app's `ready()`."""
    if _ENTITLEMENTS.get(entitlement.name, entitlement) != entitlement:
        raise ValueError(f"{entitlement.name} is declared twice, differently")
    _ENTITLEMENTS[entitlement.name] = entitlement
    return entitlement


def entitlement_named(name: str) -> Entitlement | None:
    """The declared benefit; None for one that the code no longer knows."""
    return _ENTITLEMENTS.get(name)


def all_entitlements() -> list[Entitlement]:
    """Every declared benefit, in the order of their declaration."""
    return list(_ENTITLEMENTS.values())


def register() -> None:
    """The benefits that every network knows. Called when the app starts."""
    for name, label, unit in (
        ("discount", _("Discount"), "percent"),
        ("protection_days", _("Protection of a registered deal"), "days"),
        ("mdf", _("Market development funds, of the purchases"), "percent"),
        ("lead_share", _("Share of the leads"), "percent"),
        ("credit_days", _("Credit"), "days"),
        ("sla_class", _("Service class"), "number"),
    ):
        register_entitlement(Entitlement(name, label, unit))  # type: ignore[arg-type]


class Match(models.TextChoices):
    """How many of a tier's criteria must hold."""

    ALL = "all", _("all of them")
    ANY = "any", _("any of them")


class Operator(models.TextChoices):
    """How a figure is held against the value."""

    AT_LEAST = "gte", _("at least")
    AT_MOST = "lte", _("at most")


class Outcome(models.TextChoices):
    """What happened to a partner's tier."""

    ENTERED = "entered", _("Entered")
    KEPT = "kept", _("Kept")
    PROMOTED = "promoted", _("Promoted")
    GRACE = "grace", _("Grace period")
    DEMOTED = "demoted", _("Demoted")
    OVERRIDDEN = "overridden", _("Set by hand")
    OVERRIDE_ENDED = "override_ended", _("Back to the earned tier")


OUTCOME_TONES = {
    Outcome.PROMOTED: "good",
    Outcome.GRACE: "warn",
    Outcome.DEMOTED: "bad",
    Outcome.OVERRIDDEN: "info",
}
