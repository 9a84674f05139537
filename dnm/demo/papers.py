"""The compliance documents of the demo: what each network asks for, and how far each partner has come.

Most are in order, some expire within weeks, some wait for the second person, a handful have expired and block
their partner. The partners behind the logins have a part each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from dnm.demo.brands import Brand
from dnm.demo.channel import PlannedPartner
from dnm.demo.plan import NetworkPlan

SELLERS = ("distributor", "dealer", "sub_dealer", "retailer")
ASKED_IN = frozenset({"onboarding", "live", "suspended"})
FEWEST, EXPIRED_PARTNERS = 3, 6
FOR_EVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class PaperType:
    """A kind of document that a brand asks for. `years` is how long it holds, 0 for ever."""

    code: str
    name: str
    hint: str
    gates: tuple[str, ...]
    years: int
    kinds: tuple[str, ...] = ()
    number: str = "{0:06}"


INDIA = (
    PaperType(
        "gst",
        "GST certificate",
        "Form GST REG-06 from the GST portal.",
        ("leads", "payouts"),
        2,
        SELLERS,
        "27ABCPE{0:04}F1Z5",
    ),
    PaperType("pan", "PAN card", "Of the firm or of its proprietor.", ("payouts",), 0, (), "ABCPE{0:04}F"),
    PaperType(
        "trade-licence",
        "Trade licence",
        "From the municipality, renewed each year.",
        ("orders",),
        1,
        SELLERS,
        "TL/{0:05}/26",
    ),
    PaperType("cheque", "Cancelled cheque", "Of the account that payouts go to.", ("payouts",), 0),
)
EUROPE = (
    PaperType(
        "vat", "VAT certificate", "Confirmation of the VAT number by the tax office.", ("leads", "payouts"),
        2, (), "EU{0:09}",
    ),
    PaperType(
        "register", "Commercial register extract", "Not older than a year.", ("orders",), 1, SELLERS,
        "HRB {0:06}",
    ),
)  # fmt: skip
TYPES = {"voltara": INDIA, "nordwerk": EUROPE}


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of one partner. Days are counted from today: `expires` None means never."""

    partner: int
    type: int
    state: str
    number: str
    expires: int | None
    uploaded: int
    reason: str = ""


def papers_of(plan: NetworkPlan) -> Iterator[Paper]:
    """Every document of the network, partner by partner."""
    random = Random(f"{plan.seed}:{plan.brand.slug}:papers")
    parts = _parts(plan)
    expired = _expired(plan, random, set(parts))
    for partner in plan.partners[1:]:
        for index, kind in enumerate(types_of(plan.brand)):
            if partner.status not in ASKED_IN or (kind.kinds and partner.kind not in kind.kinds):
                continue
            chance = random.random()
            state = "verified"
            if index == 0 and partner.number in parts:
                state = parts[partner.number]
            elif index == 0 and partner.number in expired:
                state = "expired"
            elif partner.number not in parts:
                state = _by_chance(chance, kind)
            yield _paper(partner, index, kind, state, random)


def types_of(brand: Brand) -> tuple[PaperType, ...]:
    return TYPES[brand.slug]


def _parts(plan: NetworkPlan) -> dict[int, str]:
    """The first document of those behind the logins."""
    cast = plan.cast
    return {
        cast.distributor: "verified",
        cast.rival_distributor: "verified",
        cast.sibling: "verified",
        cast.rival: "uploaded",
        cast.sub_dealer: "uploaded",
        cast.retailer: "rejected",
        cast.slow: "verified",
        cast.dealer: "expiring",
    }


def _expired(plan: NetworkPlan, random: Random, others: set[int]) -> set[int]:
    kinds = set(SELLERS) - {"distributor"}
    live = [p.number for p in plan.partners[1:] if p.status == "live" and p.kind in kinds]
    free = [number for number in live if number not in others]
    return set(random.sample(free, min(FEWEST + len(free) // 40, EXPIRED_PARTNERS, len(free))))


def _by_chance(chance: float, kind: PaperType) -> str:
    if chance < 0.003:
        return "uploaded"
    if chance < 0.02:
        return "missing"
    return "expiring" if chance < 0.06 and kind.years else "verified"


def _paper(partner: PlannedPartner, index: int, kind: PaperType, state: str, random: Random) -> Paper:
    days = {
        "expired": -random.randint(3, 40),
        "expiring": 7 if index == 0 and partner.kind == "dealer" else random.randint(2, 55),
    }.get(state, random.randint(80, 360 * kind.years) if kind.years else 0)
    return Paper(
        partner=partner.number,
        type=index,
        state=state,
        number="" if state == "missing" else kind.number.format(partner.number),
        expires=days if kind.years and state != "missing" else None,
        uploaded=random.randint(1, 6) if state in ("uploaded", "rejected") else random.randint(90, 380),
        reason="The copy cannot be read: take the photo again, flat and in daylight."
        if state == "rejected"
        else "",
    )


def day_after(now: int, days: int) -> date:
    """The day so many days from the demo's moment."""
    return (datetime.fromtimestamp(now, UTC) + timedelta(days=days)).date()
