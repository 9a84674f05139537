"""The faults planted in the demo networks, so that lists, figures and alarms have something to find.

`docs/demo.md` tells them to the reader. Each is a change to the plan before any lead is made; what it does
to the leads is left to chance like everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dnm.demo.brands import Brand
from dnm.demo.channel import SELLING, PlannedPartner
from dnm.demo.seasons import DAY

DORMANT_DAYS = 200
DORMANT_SHARE = 0.02
WEAK_TERRITORY = {"voltara": "IN-OR", "nordwerk": "FR"}
# The product line that nobody sells in these territories: its leads end on the desk.
UNSERVED = {"voltara": ("cooling", ("IN-TR", "IN-AS")), "nordwerk": ("compressed-air", ("PL",))}


@dataclass(frozen=True, slots=True)
class Problems:
    """Where the faults are: territory codes and partner numbers."""

    weak_territory: str
    unserved_line: int
    unserved_territories: tuple[str, ...]
    dormant_distributor: int
    dormant_since: int
    slow_dealer: int
    declining_dealer: int
    forgetful_dealer: int


def plant(brand: Brand, everyone: Sequence[PlannedPartner], now: int) -> Problems:
    """Choose the culprits and give them their habits."""
    code, territories = UNSERVED[brand.slug]
    line = brand.line(code)
    _leave_unserved(everyone, line, territories)
    weak = WEAK_TERRITORY[brand.slug]
    for partner in everyone:
        if partner.state == weak:
            partner.conversion *= 0.35
            partner.contact_hours = partner.contact_hours * 4 + 6
    dormant = _dormant_distributor(everyone)
    since = now - DORMANT_DAYS * DAY
    for partner in downstream(everyone, dormant):
        partner.until = min(partner.until if partner.until is not None else since, since)
        if partner.status == "live" and partner.number != dormant:
            partner.status = "suspended"
    slow, declining, forgetful = _three_dealers(everyone, weak)
    _habits(everyone[slow], acceptance=0.62, patience=0.85, contact_hours=30.0)
    _habits(everyone[declining], acceptance=0.22, patience=0.3, contact_hours=3.0)
    _habits(everyone[forgetful], acceptance=0.95, patience=0.1, contact_hours=8.0)
    everyone[forgetful].forgets = True
    everyone[forgetful].capacity = max(everyone[forgetful].capacity, 60)
    return Problems(weak, line, territories, dormant, since, slow, declining, forgetful)


def downstream(everyone: Sequence[PlannedPartner], top: int) -> list[PlannedPartner]:
    """The partner and all below it."""
    inside = {top}
    below = []
    for partner in everyone:  # parents stand before their children
        if partner.number == top or partner.parent in inside:
            inside.add(partner.number)
            below.append(partner)
    return below


def _leave_unserved(everyone: Sequence[PlannedPartner], line: int, territories: tuple[str, ...]) -> None:
    """Nobody there sells the line, nor does a distributor behind anybody there."""
    without = set()
    for partner in everyone[1:]:
        if partner.state in territories:
            without.add(partner.number)
            parent: int | None = partner.parent
            while parent:
                if everyone[parent].kind == "distributor":
                    without.add(parent)
                parent = everyone[parent].parent
    for number in without:
        partner = everyone[number]
        others = tuple(index for index in partner.lines if index != line)
        partner.lines = others or tuple(index for index in (0, 1, 2) if index != line)[:1]


def _dormant_distributor(everyone: Sequence[PlannedPartner]) -> int:
    """The distributor whose downstream is nearest to two in a hundred of the network."""
    size: Counter[int] = Counter()
    top: dict[int, int] = {}
    for partner in everyone:
        if partner.kind == "distributor":
            top[partner.number] = partner.number
        elif partner.parent in top:
            top[partner.number] = top[partner.parent]
            size[top[partner.parent]] += 1
    wanted = max(2.0, len(everyone) * DORMANT_SHARE)
    return min(
        (number for number, first in top.items() if number == first),
        key=lambda number: (abs(size[number] - wanted), number),
    )


def _three_dealers(everyone: Sequence[PlannedPartner], weak: str) -> tuple[int, int, int]:
    """Dealers in three of the busiest cities outside the weak territory, none of them dormant."""
    chosen: list[PlannedPartner] = []
    for partner in everyone:
        fit = (
            partner.kind == "dealer"
            and partner.until is None
            and partner.state != weak
            and len(partner.lines) > 1
        )
        if fit and partner.state not in {other.state for other in chosen}:
            chosen.append(partner)
    if len(chosen) < 3:
        chosen = [partner for partner in everyone if partner.kind in SELLING][:3]
    step = max(1, len(chosen) // 3)
    first, second, third = chosen[0], chosen[step], chosen[2 * step]
    return first.number, second.number, third.number


def _habits(partner: PlannedPartner, *, acceptance: float, patience: float, contact_hours: float) -> None:
    partner.acceptance, partner.patience, partner.contact_hours = acceptance, patience, contact_hours
    partner.status = "live"
