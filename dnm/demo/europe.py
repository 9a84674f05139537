"""Real European towns for the demo's tool brand: a postal code, a position and millions of people each.

Written by hand from public knowledge: the code of the town's centre, coordinates to two decimals,
population of the municipality rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dnm.demo.geography import Area, Geography, Place, Point, middle

COUNTRIES = {
    "DE": ("Germany", "EU-DACH"),
    "AT": ("Austria", "EU-DACH"),
    "CH": ("Switzerland", "EU-DACH"),
    "NL": ("Netherlands", "EU-WEST"),
    "BE": ("Belgium", "EU-WEST"),
    "LU": ("Luxembourg", "EU-WEST"),
    "FR": ("France", "EU-WEST"),
    "DK": ("Denmark", "EU-EAST"),
    "PL": ("Poland", "EU-EAST"),
    "CZ": ("Czechia", "EU-EAST"),
}
ZONES = {
    "EU-DACH": "Germany, Austria, Switzerland",
    "EU-WEST": "Benelux and France",
    "EU-EAST": "North and east",
}

TOWNS = """
DE 10115 Berlin 52.53 13.38 3.7
DE 20095 Hamburg 53.55 10.00 1.9
DE 80331 München 48.14 11.57 1.5
DE 50667 Köln 50.94 6.96 1.1
DE 60311 Frankfurt_am_Main 50.11 8.68 0.76
DE 70173 Stuttgart 48.78 9.18 0.63
DE 40213 Düsseldorf 51.23 6.77 0.62
DE 04109 Leipzig 51.34 12.37 0.60
DE 44135 Dortmund 51.51 7.47 0.59
DE 45127 Essen 51.46 7.01 0.58
DE 28195 Bremen 53.08 8.81 0.57
DE 01067 Dresden 51.05 13.74 0.56
DE 30159 Hannover 52.37 9.73 0.54
DE 90402 Nürnberg 49.45 11.08 0.52
DE 47051 Duisburg 51.43 6.76 0.50
DE 33602 Bielefeld 52.02 8.53 0.33
DE 53111 Bonn 50.74 7.10 0.33
DE 48143 Münster 51.96 7.63 0.32
DE 76131 Karlsruhe 49.01 8.40 0.31
DE 68159 Mannheim 49.49 8.47 0.31
DE 86150 Augsburg 48.37 10.90 0.30
DE 65183 Wiesbaden 50.08 8.24 0.28
DE 38100 Braunschweig 52.26 10.52 0.25
DE 24103 Kiel 54.32 10.14 0.25
DE 09111 Chemnitz 50.83 12.92 0.24
DE 52062 Aachen 50.78 6.08 0.25
DE 39104 Magdeburg 52.13 11.63 0.24
DE 79098 Freiburg 48.00 7.85 0.23
DE 99084 Erfurt 50.98 11.03 0.21
DE 18055 Rostock 54.09 12.14 0.21
DE 34117 Kassel 51.31 9.49 0.20
DE 66111 Saarbrücken 49.23 7.00 0.18
DE 93047 Regensburg 49.02 12.10 0.15
DE 89073 Ulm 48.40 9.99 0.13
AT 1010 Wien 48.21 16.37 1.9
AT 8010 Graz 47.07 15.44 0.29
AT 4020 Linz 48.31 14.29 0.21
AT 5020 Salzburg 47.81 13.04 0.16
AT 6020 Innsbruck 47.27 11.39 0.13
AT 9020 Klagenfurt 46.62 14.31 0.10
CH 8001 Zürich 47.37 8.54 0.43
CH 4001 Basel 47.56 7.59 0.18
CH 3011 Bern 46.95 7.45 0.13
NL 1012 Amsterdam 52.37 4.90 0.92
NL 3011 Rotterdam 51.92 4.48 0.66
NL 2511 Den_Haag 52.08 4.31 0.56
NL 3511 Utrecht 52.09 5.12 0.37
NL 5611 Eindhoven 51.44 5.48 0.24
NL 9711 Groningen 53.22 6.57 0.24
NL 6211 Maastricht 50.85 5.69 0.12
NL 7511 Enschede 52.22 6.90 0.16
BE 1000 Bruxelles 50.85 4.35 1.2
BE 2000 Antwerpen 51.22 4.40 0.54
BE 9000 Gent 51.05 3.73 0.27
BE 4000 Liège 50.63 5.57 0.20
LU 1111 Luxembourg 49.61 6.13 0.13
FR 75001 Paris 48.86 2.34 2.1
FR 13001 Marseille 43.30 5.38 0.87
FR 69001 Lyon 45.77 4.83 0.52
FR 31000 Toulouse 43.60 1.44 0.50
FR 06000 Nice 43.70 7.27 0.35
FR 44000 Nantes 47.22 -1.55 0.32
FR 67000 Strasbourg 48.58 7.75 0.29
FR 33000 Bordeaux 44.84 -0.58 0.26
FR 59000 Lille 50.63 3.06 0.24
FR 54000 Nancy 48.69 6.18 0.10
FR 57000 Metz 49.12 6.18 0.12
FR 21000 Dijon 47.32 5.04 0.16
DK 1050 København 55.68 12.59 0.65
DK 8000 Aarhus 56.16 10.20 0.29
DK 5000 Odense 55.40 10.39 0.18
PL 00-001 Warszawa 52.23 21.01 1.8
PL 60-001 Poznań 52.41 16.93 0.54
PL 50-001 Wrocław 51.11 17.03 0.67
PL 70-001 Szczecin 53.43 14.55 0.39
CZ 11000 Praha 50.08 14.43 1.3
CZ 60200 Brno 49.20 16.61 0.39
CZ 30100 Plzeň 49.75 13.38 0.18
"""


def europe() -> Geography:
    """Europe, three zones, ten countries and their towns; each town is a territory with one postal area."""
    places = tuple(_towns())
    return Geography(areas=tuple(_areas(places)), places=places)


def _towns() -> Iterator[Place]:
    for line in TOWNS.strip().splitlines():
        country, code, name, latitude, longitude, people = line.split()
        yield Place(
            code=code,
            name=name.replace("_", " "),
            area=f"{country}-{code.replace('-', '')}",
            state=country,
            country=country,
            latitude=float(latitude),
            longitude=float(longitude),
            population=float(people),
        )


def _areas(places: tuple[Place, ...]) -> Iterator[Area]:
    points: dict[str, list[Point]] = defaultdict(list)
    people: dict[str, float] = defaultdict(float)
    for place in places:
        for code in ("EU", COUNTRIES[place.country][1], place.country):
            points[code].append((place.latitude, place.longitude))
            people[code] += place.population
    yield Area("EU", "Europe", "region", None, *middle(points["EU"]), people["EU"])
    for zone, name in ZONES.items():
        yield Area(zone, name, "zone", "EU", *middle(points[zone]), people[zone])
    for country, (name, zone) in COUNTRIES.items():
        yield Area(country, name, "country", zone, *middle(points[country]), people[country])
    for place in places:
        yield Area(
            place.area,
            place.name,
            "district",
            place.country,
            place.latitude,
            place.longitude,
            place.population,
        )
