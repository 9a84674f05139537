"""Lists: stable pages, strict limits, the same number of queries at 1 and 3 rows."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dnm.accounts.tenancy import network_context
from partners.domain.access import grant_role
from partners.roles import Role
from tests.api.calling import Caller, assert_problem
from tests.world import NOW, Net

Call = Callable[[str], Caller]


def walk(caller: Caller, address: str, **query: Any) -> list[list[str]]:
    """Ids page by page, following `next` as given."""
    pages = []
    answer = caller.get(address, **query).json()
    while True:
        pages.append([row["id"] for row in answer["results"]])
        if answer["next"] is None:
            return pages
        answer = caller.get(answer["next"]).json()


def test_following_next_reads_every_row_once(caller: Call, voltara: Net) -> None:
    made = [voltara.lead(at=NOW + timedelta(seconds=n // 2)) for n in range(7)]
    expected = [
        str(lead.uid) for lead in sorted(made, key=lambda lead: (lead.created_at, lead.pk), reverse=True)
    ]
    pages = walk(caller("administrator"), "leads/", limit=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [uid for page in pages for uid in page] == expected
    oldest = walk(caller("administrator"), "leads/", limit=3, order="oldest")
    assert [uid for page in oldest for uid in page] == expected[::-1]


def test_rows_that_come_in_between_shift_nothing(caller: Call, voltara: Net) -> None:
    before = [str(voltara.lead(at=NOW + timedelta(seconds=n)).uid) for n in range(4)]
    administrator = caller("administrator")
    first = administrator.get("leads/", limit=2).json()
    voltara.lead(at=NOW + timedelta(minutes=5))
    second = administrator.get(first["next"]).json()
    seen = [row["id"] for page in (first, second) for row in page["results"]]
    assert seen == before[::-1]
    assert second["next"] is None
    back = administrator.get(second["previous"]).json()
    assert [row["id"] for row in back["results"]] == [row["id"] for row in first["results"]]


def test_links_are_absolute_and_keep_the_filters(caller: Call, voltara: Net) -> None:
    for n in range(3):
        voltara.lead(at=NOW + timedelta(seconds=n))
    link = caller("administrator").get("leads/", limit=1, state="new", product_line="pumps").json()["next"]
    assert link.startswith(f"http://{voltara.host}/api/v1/leads/?")
    assert "state=new" in link
    assert "product_line=pumps" in link
    assert "limit=1" in link


@pytest.mark.parametrize(
    "value",
    [
        [0, "-created_at,-id", None, 1],
        [0, "-created_at,-id", "2026-11-23T06:00:00Z", None],
        [0, "-created_at,-id", "2026-11-23T06:00:00Z", "x"],
        [0, "-created_at,-id", {}, 1],
        [0, "-created_at,-id", "2026-13-23T06:00:00Z", 1],
        [0, "-created_at,-id", 1],
        [0, "-phone", "+91"],
        [0, "-created_at,-id", "2026-11-23T06:00:00Z", 1],
        [0, "-created_at,-id", "9999-12-31T23:59:59.999999Z", 2**63],
        [0, "id", 1],
        {},
        7,
    ],
)
def test_cursors_of_ones_own_making_are_refused(caller: Call, value: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
    assert_problem(caller("administrator").get("leads/", cursor=cursor), 400, "bad-parameters")


def test_several_grants_make_one_list(caller: Call, voltara: Net) -> None:
    mine = [voltara.accepted(at=timezone.now()) for _ in range(2)]
    with network_context(voltara.network):
        for key in ("dealer_b", "dealer_c"):
            grant_role(
                membership=voltara.members["sales_a"],
                role=Role.SALES,
                node=voltara.partners[key],
                actor=voltara.system,
                at=NOW,
            )
    far = voltara.accepted(by="sales_c", postal_code="SA1", at=timezone.now())
    pages = walk(caller("sales_a"), "leads/", limit=2)
    assert [uid for page in pages for uid in page] == [str(lead.uid) for lead in [far, *mine[::-1]]]


def test_scope_filters_before_filters(caller: Call, voltara: Net, nordwerk: Net) -> None:
    north, south = voltara.lead(), voltara.lead(postal_code="SA1")
    nordwerk.lead()

    def seen(name: str, **query: Any) -> set[str]:
        return {row["id"] for row in caller(name).get("leads/", **query).json()["results"]}

    assert seen("administrator") == {str(north.uid), str(south.uid)}
    assert seen("zone_north") == {str(north.uid)}
    assert seen("zone_north", territory=str(voltara.territories["south"].uid)) == set()
    assert seen("administrator", territory=str(voltara.territories["south"].uid)) == {str(south.uid)}
    assert seen("sales_a") == set()


def test_a_hidden_name_cannot_be_searched(caller: Call, voltara: Net) -> None:
    lead = voltara.accepted(
        name="Zubin Irani", phone="+91 98111 22233", email="zubin@example.org", at=timezone.now()
    )
    for text in ("Zubin", "zubin@example.org", "+919811122233"):
        assert [row["id"] for row in caller("sales_a").get("leads/", q=text).json()["results"]] == [
            str(lead.uid)
        ]
        assert caller("owner_north").get("leads/", q=text).json()["results"] == []
        assert caller("auditor").get("leads/", q=text).json()["results"] == []
    assert len(caller("owner_north").get("leads/", q="NA1").json()["results"]) == 1


@pytest.mark.parametrize(
    "address", ["leads/", "offers/", "partners/", "territories/", "product-lines/", "jobs/"]
)
def test_the_number_of_queries_does_not_grow(caller: Call, voltara: Net, address: str) -> None:
    for _ in range(3):
        voltara.accepted(at=timezone.now())
    administrator = caller("administrator")
    administrator.get(address)
    counts = []
    for limit in (1, 3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert administrator.get(address, limit=limit).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12
