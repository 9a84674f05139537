"""The two made-up brands of the demo: what they sell, when people ask for it, and how their channel is
built.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from dnm.demo import europe, geography
from dnm.demo.geography import Geography


@dataclass(frozen=True, slots=True)
class Line:
    """A product line: its share of the demand, a factor for each month, and what people write about it."""

    code: str
    name: str
    share: float
    months: tuple[float, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """One network of the demo. `channel` is the mix of partner kinds below the brand owner; it sums to 1."""

    slug: str
    name: str
    legal_name: str
    colour: str
    locale: str
    currency: str
    time_zone: str
    country: str
    prefix: str
    level_names: tuple[str, ...]
    lines: tuple[Line, ...]
    channel: dict[str, float]
    share: float
    lead_share: float
    opens: int
    closes: int
    weekdays: tuple[int, ...]
    holidays: tuple[date, ...]
    clock_hours: int
    radius_km: int
    sources: dict[str, float]
    geography: Callable[[], Geography] = field(repr=False)

    def line(self, code: str) -> int:
        return [line.code for line in self.lines].index(code)


# The evening of Diwali, Indian calendar dates; the three weeks before it are the year's peak for electronics.
DIWALI = tuple(
    date(*day)
    for day in (
        (2023, 11, 12), (2024, 11, 1), (2025, 10, 20), (2026, 11, 8), (2027, 10, 29), (2028, 10, 17),
        (2029, 11, 5), (2030, 10, 26), (2031, 11, 14), (2032, 11, 2), (2033, 10, 22), (2034, 11, 10),
    )
)  # fmt: skip

YEARS = range(2023, 2036)

VOLTARA = Brand(
    slug="voltara",
    name="Voltara Electronics",
    legal_name="Voltara Electronics India Private Limited",
    colour="#0b5fad",
    locale="en-in",
    currency="INR",
    time_zone="Asia/Kolkata",
    country="IN",
    prefix="VE",
    level_names=("Country", "Zone", "State", "District"),
    lines=(
        Line(
            "displays", "Televisions and audio", 0.36,
            (0.9, 0.8, 0.9, 0.9, 0.8, 0.8, 0.8, 1.0, 1.1, 1.4, 1.3, 1.0),
            (
                "Looking for a 55 inch television for the living room, wall mounted.",
                "Need a sound bar that goes with my television. Can I hear it in the shop?",
                "Which 43 inch models do you have in stock this week?",
                "Want to exchange an old television for a bigger one.",
                "Need eight displays for our coaching centre, with an invoice for the business.",
            ),
        ),
        Line(
            "appliances", "Refrigerators and washing machines", 0.34,
            (0.9, 0.9, 0.95, 1.0, 1.1, 0.9, 0.9, 1.0, 1.1, 1.4, 1.3, 0.85),
            (
                "Front loading washing machine, 8 kg, delivered to the third floor without a lift.",
                "Need a double door refrigerator before the wedding next month.",
                "My refrigerator stopped cooling. Repair or exchange, please call.",
                "Please tell me the monthly instalment for a 340 litre refrigerator.",
                "Two washing machines for a guest house.",
            ),
        ),
        Line(
            "cooling", "Air conditioners", 0.30,
            (0.4, 0.8, 1.6, 2.3, 2.3, 1.5, 0.7, 0.55, 0.55, 0.7, 0.5, 0.35),
            (
                "1.5 ton inverter air conditioner for a bedroom of 14 by 12 feet.",
                "Three split units for an office, with installation.",
                "How soon can you install? It is already 40 degrees here.",
                "Need a quiet model for the children's room.",
                "Yearly maintenance for two units, and a price for a third.",
            ),
        ),
    ),
    channel={
        "distributor": 0.035, "dealer": 0.20, "sub_dealer": 0.28, "retailer": 0.365, "service_centre": 0.12,
    },
    share=0.934,
    lead_share=0.935,
    opens=10,
    closes=19,
    weekdays=(0, 1, 2, 3, 4, 5),
    holidays=(
        *(date(year, month, day) for year in YEARS for month, day in ((1, 26), (8, 15), (10, 2))),
        *DIWALI,
    ),
    clock_hours=4,
    radius_km=150,
    sources={"web_form": 0.50, "campaign": 0.16, "website": 0.10, "api": 0.10, "phone": 0.14},
    geography=geography.india,
)  # fmt: skip

NORDWERK = Brand(
    slug="nordwerk",
    name="Nordwerk Tools",
    legal_name="Nordwerk Werkzeuge GmbH",
    colour="#b3450b",
    locale="de-de",
    currency="EUR",
    time_zone="Europe/Berlin",
    country="DE",
    prefix="NW",
    level_names=("Region", "Zone", "Country", "City"),
    lines=(
        Line(
            "power-tools", "Power tools", 0.45,
            (0.9, 0.95, 1.2, 1.2, 1.0, 0.9, 0.75, 0.75, 1.05, 1.15, 1.25, 0.9),
            (
                "Cordless drill set for a workshop of five people.",
                "Which circular saw cuts 80 mm hardwood? I would like to try it.",
                "Battery platform for our joinery, ten machines to begin with.",
                "Spare guard for a bench grinder, and its price.",
            ),
        ),
        Line(
            "garden", "Garden machines", 0.35,
            (0.3, 0.6, 1.5, 2.1, 1.9, 1.4, 1.0, 0.8, 0.9, 0.8, 0.4, 0.3),
            (
                "Robot mower for 900 square metres with a slope.",
                "Cordless hedge trimmer, and a demonstration if possible.",
                "Chain saw for firewood, two a year, what do you recommend?",
                "Ride-on mower for a sports ground.",
            ),
        ),
        Line(
            "compressed-air", "Compressed air", 0.20,
            (1.0, 1.0, 1.0, 0.95, 1.0, 0.95, 0.85, 0.8, 1.1, 1.2, 1.15, 1.0),
            (
                "Silent compressor for a dental laboratory.",
                "Screw compressor 7.5 kW with dryer, quotation please.",
                "Nail gun and a compressor small enough for a van.",
            ),
        ),
    ),
    channel={
        "distributor": 0.10, "dealer": 0.40, "sub_dealer": 0.12, "retailer": 0.22, "service_centre": 0.16,
    },
    share=0.066,
    lead_share=0.065,
    opens=8,
    closes=17,
    weekdays=(0, 1, 2, 3, 4),
    holidays=tuple(
        date(year, month, day) for year in YEARS for month, day in ((1, 1), (5, 1), (12, 25), (12, 26))
    ),
    clock_hours=8,
    radius_km=300,
    sources={"web_form": 0.50, "campaign": 0.12, "website": 0.13, "fair": 0.15, "phone": 0.10},
    geography=europe.europe,
)  # fmt: skip

BRANDS = {brand.slug: brand for brand in (VOLTARA, NORDWERK)}
