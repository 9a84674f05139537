"""Territories and postal areas: real, complete, and nothing where it cannot be."""

from collections import Counter, defaultdict

from dnm.demo.europe import europe
from dnm.demo.geography import Geography, Pin, distance_km, outliers


def test_india_has_24_states_in_four_zones(geography: Geography) -> None:
    kinds = Counter(area.kind for area in geography.areas)
    assert kinds["country"] == 1
    assert kinds["zone"] == 4
    assert kinds["state"] == 24
    assert kinds["district"] > 600
    assert len(geography.places) > 18_000


def test_parents_stand_before_children_and_every_place_has_its_district(geography: Geography) -> None:
    seen: dict[str, str] = {}
    for area in geography.areas:
        assert area.parent is None or area.parent in seen
        assert area.code not in seen
        seen[area.code] = area.kind
    assert all(seen[place.area] == "district" for place in geography.places)
    assert all(seen[place.state] == "state" for place in geography.places)
    assert len({place.code for place in geography.places}) == len(geography.places)


def test_population_adds_up_to_the_census(geography: Geography) -> None:
    people: dict[str, float] = defaultdict(float)
    for place in geography.places:
        people[place.state] += place.population
        assert place.population > 0
    assert abs(people["IN-UP"] - 199.8) < 0.01
    assert abs(people["IN-GA"] - 1.5) < 0.01
    assert abs(sum(people.values()) - geography.areas[0].population) < 0.1


def test_known_places_lie_where_they_lie(geography: Geography) -> None:
    places = {place.code: place for place in geography.places}
    for code, latitude, longitude in (
        ("560001", 12.98, 77.60),
        ("400001", 18.94, 72.84),
        ("700001", 22.57, 88.35),
        ("110001", 28.63, 77.21),
    ):
        place = places[code]
        assert distance_km((place.latitude, place.longitude), (latitude, longitude)) < 35


def test_a_pin_far_from_its_neighbours_is_an_outlier_and_gets_their_place(geography: Geography) -> None:
    near = [
        Pin(f"56000{n}", "x", "KARNATAKA", "BENGALURU URBAN", (12.9 + n / 100, 77.6), 1, False)
        for n in range(8)
    ]
    astray = Pin("560009", "x", "KARNATAKA", "BENGALURU URBAN", (28.6, 77.2), 1, False)
    assert outliers([*near, astray]) == {"560009"}
    noida = next(place for place in geography.places if place.code == "201301")
    assert noida.repaired
    assert distance_km((noida.latitude, noida.longitude), (28.57, 77.32)) < 15


def test_no_place_is_200_km_from_the_middle_of_its_sorting_district_and_district(
    geography: Geography,
) -> None:
    middles = {area.code: (area.latitude, area.longitude) for area in geography.areas}
    far = [p for p in geography.places if distance_km((p.latitude, p.longitude), middles[p.area]) > 210]
    assert not far
    assert 200 < sum(place.repaired for place in geography.places) < 600


def test_great_circle() -> None:
    assert abs(distance_km((28.61, 77.21), (19.08, 72.88)) - 1153) < 10
    assert distance_km((10.0, 20.0), (10.0, 20.0)) == 0


def test_europe() -> None:
    geography = europe()
    assert {"DE", "AT", "NL", "FR"} <= {place.country for place in geography.places}
    assert 70 <= len(geography.places) <= 80
    codes = {area.code for area in geography.areas}
    assert all(place.area in codes and place.state in codes for place in geography.places)
    assert all(35 < place.latitude < 60 and -6 < place.longitude < 25 for place in geography.places)
