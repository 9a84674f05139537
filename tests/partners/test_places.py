"""Where a postal code lies, also in a network over several countries."""

from dnm.accounts.tenancy import network_context
from partners.domain.places import distance_km, locate
from partners.models import PostalArea
from tests.world import Net


def test_a_code_of_a_neighbouring_country_is_found_when_it_is_the_only_one(nordwerk: Net) -> None:
    area = {"network": nordwerk.network, "territory": nordwerk.territories["south_a"]}
    with network_context(nordwerk.network):
        PostalArea.objects.create(**area, country="AT", code="6020", latitude=47.27, longitude=11.39)
        PostalArea.objects.create(**area, country="CH", code="8001")
        PostalArea.objects.create(**area, country="BE", code="8001")
        assert locate(postal_code="60 20", country="DE").territory == nordwerk.territories["south_a"]
        assert not locate(postal_code="8001", country="DE").known
        assert locate(postal_code="8001", country="CH").known


def test_distance_is_that_of_the_great_circle() -> None:
    assert abs(distance_km((28.6139, 77.2090), (19.0760, 72.8777)) - 1148) < 3
