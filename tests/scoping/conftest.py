"""A random network, the same for the same seed."""

import pytest
from django.db import connection, transaction

from dnm.accounts.models import Network
from tests.scoping.forest import Forest, grow
from tests.world import Net


@pytest.fixture(params=[1, 2])
def forest(request: pytest.FixtureRequest, nordwerk: Net) -> Forest:
    """A random network beside Nordwerk, whose rows must never come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.operator', 'on', true)")
        network = Network.objects.create(
            slug="forest", name="Forest", country="IN", currency="INR", time_zone="Asia/Kolkata"
        )
        cursor.execute("SELECT set_config('app.operator', '', true)")
    return grow(network, request.param)
