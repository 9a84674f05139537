"""Writes the network itself: its settings, geography, product lines, calendar and partners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dnm.accounts.models import Network
from dnm.demo import names
from dnm.demo.brands import Brand
from dnm.demo.loading import ALIAS, Loader, Uids, insert_into
from dnm.demo.plan import NetworkPlan
from partners.models import BusinessCalendar, Partner, ProductLine

FOUNDED = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())

# Partners' telephone numbers are counted from here, people's from 1.
SWITCHBOARDS = 5_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """Where the plan's numbers have landed: id of partner n is `partners + 1 + n`; lines by index."""

    network: Network
    partners: int
    territories: dict[str, int]
    lines: list[int]
    calendar: int
    partner_uids: list[str]

    def partner(self, number: int) -> int:
        return self.partners + 1 + number


def midday(day: date) -> int:
    """Noon of a day, in seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())


def write_network(brand: Brand, uids: Uids) -> Network:
    """The network's row; its colour, locale, currency and consent text."""
    language, _, region = brand.locale.partition("-")
    return Network.objects.using(ALIAS).create(
        uid=uids.at(FOUNDED),
        slug=brand.slug,
        name=brand.name,
        portal_name=f"{brand.name.split()[0]} partner portal",
        country=brand.country,
        language="en",
        locale=f"{language}_{region.upper()}",
        currency=brand.currency,
        time_zone=brand.time_zone,
        accent=brand.colour,
        consent_text=f"{brand.name} and its partners may contact me about this enquiry.",
        consent_version="2025-01",
        created_at=datetime.fromtimestamp(FOUNDED, UTC),
    )


def write_channel(plan: NetworkPlan, network: Network, loader: Loader, uids: Uids) -> Written:
    """Territories, postal areas, product lines, the calendar and all partners."""
    territories = _territories(plan, loader, uids)
    _postal_areas(plan, loader, uids, territories)
    lines = _product_lines(plan, network, uids)
    calendar = _calendar(plan, network, uids)
    partners = loader.reserve("partners_partner", len(plan.partners))
    partner_uids = [uids.at(midday(partner.opened)) for partner in plan.partners]
    written = Written(network, partners, territories, lines, calendar.pk, partner_uids)
    _partners(plan, loader, written)
    return written


def _territories(plan: NetworkPlan, loader: Loader, uids: Uids) -> dict[str, int]:
    areas = plan.geography.areas
    base = loader.reserve("partners_territory", len(areas))
    ids = {area.code: base + index for index, area in enumerate(areas, start=1)}
    depth: dict[str, int] = {}
    for area in areas:
        depth[area.code] = depth[area.parent] + 1 if area.parent else 0
    loader.stage(
        "demo_area",
        {
            "id": "bigint", "uid": "uuid", "parent": "bigint", "depth": "int", "name": "text", "code": "text",
            "kind": "text", "lat": "float8", "lon": "float8",
        },
        (
            (
                ids[area.code], uids.at(FOUNDED), ids[area.parent] if area.parent else None, depth[area.code],
                area.name, area.code, area.kind, round(area.latitude, 5), round(area.longitude, 5),
            )
            for area in areas
        ),
    )  # fmt: skip
    for level in range(max(depth.values()) + 1):
        loader.insert(
            "territories",
            """INSERT INTO partners_territory
                   (id, network_id, uid, parent_id, name, code, kind, latitude, longitude)
               SELECT id, %(network)s, uid, parent, name, code, kind, lat, lon FROM demo_area
               WHERE depth = %(level)s ORDER BY id""",
            level=level,
        )
    return ids


def _postal_areas(plan: NetworkPlan, loader: Loader, uids: Uids, territories: dict[str, int]) -> None:
    """The areas, and the same as a temporary table by number: the leads are filled in from it."""
    loader.stage(
        "demo_place",
        {
            "number": "int PRIMARY KEY", "uid": "uuid", "territory": "bigint", "country": "text",
            "code": "text", "name": "text", "lat": "float8", "lon": "float8",
        },
        (
            (
                number, uids.at(FOUNDED), territories[place.area], place.country, place.code, place.name,
                place.latitude, place.longitude,
            )
            for number, place in enumerate(plan.geography.places)
        ),
    )  # fmt: skip
    loader.insert(
        "postal areas",
        """INSERT INTO partners_postalarea
               (network_id, uid, territory_id, country, code, name, latitude, longitude)
           SELECT %(network)s, uid, territory, country, code, name, lat, lon
           FROM demo_place ORDER BY number""",
    )


def _product_lines(plan: NetworkPlan, network: Network, uids: Uids) -> list[int]:
    made = [
        ProductLine.objects.using(ALIAS).create(
            network=network, uid=uids.at(FOUNDED), code=line.code, name=line.name
        )
        for line in plan.brand.lines
    ]
    return [line.pk for line in made]


def _calendar(plan: NetworkPlan, network: Network, uids: Uids) -> BusinessCalendar:
    brand = plan.brand
    return BusinessCalendar.objects.using(ALIAS).create(
        network=network,
        uid=uids.at(FOUNDED),
        name=f"{brand.name.split()[0]} opening hours",
        time_zone=brand.time_zone,
        hours={str(day): [[f"{brand.opens:02}:00", f"{brand.closes:02}:00"]] for day in brand.weekdays},
        holidays=sorted(day.isoformat() for day in brand.holidays),
    )


PARTNER_COLUMNS = {
    "id": "bigint", "uid": "uuid", "parent": "bigint", "depth": "int", "code": "text", "trade_name": "text",
    "legal_name": "text", "kind": "text", "state": "text", "since": "timestamptz", "place": "int",
    "phone": "text", "email": "text", "lat": "float8", "lon": "float8", "lines": "int[]", "capacity": "int",
    "opened": "timestamptz",
}  # fmt: skip


PARTNERS = {
    "id": "s.id",
    "network_id": "%(network)s",
    "uid": "s.uid",
    "parent_id": "s.parent",
    "code": "s.code",
    "trade_name": "s.trade_name",
    "legal_name": "s.legal_name",
    "kind": "s.kind",
    "state": "s.state",
    "state_changed_at": "s.since",
    "territory_id": "p.territory",
    "postal_code": "p.code",
    "address": "p.name",
    "phone": "s.phone",
    "email": "s.email",
    "latitude": "s.lat",
    "longitude": "s.lon",
    "product_line_ids": "s.lines",
    "capacity": "s.capacity",
    "calendar_id": "%(calendar)s",
    "created_at": "s.opened",
}
PARTNERS_FROM = """demo_partner s JOIN demo_place p ON p.number = s.place
    WHERE s.depth = %(level)s ORDER BY s.id"""


def _partners(plan: NetworkPlan, loader: Loader, written: Written) -> None:
    loader.stage("demo_partner", PARTNER_COLUMNS, _partner_rows(plan, written))
    statement = insert_into(Partner, PARTNERS, PARTNERS_FROM)
    for level in range(max(partner.depth for partner in plan.partners) + 1):
        loader.insert("partners", statement, level=level, calendar=written.calendar)


def _partner_rows(plan: NetworkPlan, written: Written) -> Iterator[tuple[object, ...]]:
    brand, lines = plan.brand, written.lines
    every = list(lines)
    for partner in plan.partners:
        opened = datetime.fromtimestamp(midday(partner.opened), UTC)
        since = opened
        if partner.until:
            since = datetime.fromtimestamp(partner.until, UTC)
        elif partner.until == 0:
            since = opened + timedelta(days=1)
        root = partner.number == 0
        yield (
            written.partner(partner.number),
            written.partner_uids[partner.number],
            None if partner.parent is None else written.partner(partner.parent),
            partner.depth,
            f"{brand.prefix}-{partner.number:05}",
            plan.name_of(partner.number),
            brand.legal_name if root else partner.legal_name,
            partner.kind,
            partner.status,
            since,
            partner.place,
            names.phone(SWITCHBOARDS + partner.number, partner.country),
            f"{brand.prefix.lower()}{partner.number:05}@{brand.slug}-partner.example",
            partner.latitude,
            partner.longitude,
            every if root else [lines[line] for line in partner.lines],
            partner.capacity,
            opened,
        )
