"""One plan of each network, worked out once for all tests that only look at it."""

from datetime import UTC, datetime

import pytest

from dnm.demo.brands import NORDWERK, VOLTARA
from dnm.demo.geography import Geography, india
from dnm.demo.plan import NetworkPlan, plan_network
from dnm.demo.rows import PlannedLead

NOW = int(datetime(2026, 11, 23, 9, 30, tzinfo=UTC).timestamp())


@pytest.fixture(scope="session")
def geography() -> Geography:
    return india()


@pytest.fixture(scope="session")
def voltara() -> NetworkPlan:
    return plan_network(VOLTARA, now=NOW, partners=850, leads=12_000)


@pytest.fixture(scope="session")
def voltara_leads(voltara: NetworkPlan) -> list[PlannedLead]:
    return [lead for chunk in voltara.leads() for lead in chunk]


@pytest.fixture(scope="session")
def nordwerk() -> NetworkPlan:
    return plan_network(NORDWERK, now=NOW, partners=60, leads=1_500)


@pytest.fixture(scope="session")
def nordwerk_leads(nordwerk: NetworkPlan) -> list[PlannedLead]:
    return [lead for chunk in nordwerk.leads() for lead in chunk]
