"""The geography behind the sample of India's post offices, from the sample itself."""

import csv
import statistics
from collections import defaultdict
from pathlib import Path

from partners.models import PostalArea, Territory
from tests.imports.files import SHARED
from tests.world import Net

SAMPLE = SHARED / "dealers" / "in_post_network_sample.csv"
INDIA = ((6.0, 37.5), (68.0, 98.0))


def offices(path: Path = SAMPLE) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def usable(office: dict[str, str]) -> tuple[float, float] | None:
    if not office["latitude"]:
        return None
    point = (float(office["latitude"]), float(office["longitude"]))
    inside = all(low <= value <= high for value, (low, high) in zip(point, INDIA, strict=True))
    return point if inside else None


def build_india(net: Net, *, without_districts: frozenset[str] = frozenset()) -> None:
    """States, districts and postal areas with the median of their offices' places. Inside the network."""
    root = net.territories["root"]
    states: dict[str, Territory] = {}
    districts: dict[tuple[str, str], Territory] = {}
    places: dict[str, list[tuple[float, float]]] = defaultdict(list)
    where: dict[str, tuple[str, str]] = {}
    for office in offices():
        if office["district"] in without_districts:
            continue
        where.setdefault(office["pincode"], (office["state"], office["district"]))
        point = usable(office)
        if point:
            places[office["pincode"]].append(point)
    for number, (state, district) in enumerate(sorted(set(where.values()))):
        if state not in states:
            states[state] = _territory(net, root, state, f"state-{len(states)}", "state")
        districts[state, district] = _territory(
            net, states[state], district, f"district-{number}", "district"
        )
    PostalArea.objects.bulk_create(
        PostalArea(
            network=net.network,
            territory=districts[key],
            country="IN",
            code=pincode,
            latitude=statistics.median(p[0] for p in places[pincode]) if places[pincode] else None,
            longitude=statistics.median(p[1] for p in places[pincode]) if places[pincode] else None,
        )
        for pincode, key in where.items()
    )


def _territory(net: Net, parent: Territory, name: str, code: str, kind: str) -> Territory:
    made = Territory.objects.create(network=net.network, parent=parent, name=name, code=code, kind=kind)
    made.refresh_from_db()
    return made
