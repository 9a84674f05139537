"""Partners, territories and product lines over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.calling import Caller, assert_problem
from tests.world import Net

Call = Callable[[str], Caller]


def names(answer: Any) -> list[str]:
    return [row.get("trade_name") or row["name"] for row in answer.json()["results"]]


def test_each_sees_its_own_part_of_the_tree(caller: Call) -> None:
    assert len(names(caller("administrator").get("partners/"))) == 7
    assert names(caller("owner_north").get("partners/")) == [
        "Voltara dealer_a",
        "Voltara dealer_b",
        "Voltara distributor_north",
        "Voltara retailer_a",
    ]
    assert names(caller("sales_a").get("partners/")) == ["Voltara dealer_a", "Voltara retailer_a"]
    assert names(caller("sales_b").get("partners/")) == ["Voltara dealer_b"]
    assert names(caller("nobody").get("partners/")) == []


def test_a_parent_out_of_sight_is_not_named(caller: Call, voltara: Net) -> None:
    address = f"partners/{voltara.partners['dealer_a'].uid}/"
    distributor = voltara.partners["distributor_north"]
    assert caller("administrator").get(address).json()["parent"] == {
        "id": str(distributor.uid),
        "name": "Voltara distributor_north",
    }
    seen = caller("sales_a").get(address)
    assert seen.json()["parent"] is None
    assert "distributor" not in seen.content.decode()
    assert seen.json()["product_lines"] == ["drives", "pumps"]


def test_filters(caller: Call, voltara: Net) -> None:
    administrator = caller("administrator")
    assert names(administrator.get("partners/", kind="retailer")) == ["Voltara retailer_a"]
    assert len(names(administrator.get("partners/", kind=["retailer", "distributor"]))) == 3
    assert names(administrator.get("partners/", q="DEALER_C")) == ["Voltara dealer_c"]
    assert len(names(administrator.get("partners/", below=str(voltara.partners["dealer_a"].uid)))) == 2
    south = str(voltara.territories["south"].uid)
    assert names(administrator.get("partners/", territory=south, product_line="pumps")) == [
        "Voltara dealer_c",
        "Voltara distributor_south",
    ]


def new_partner(net: Net, **values: Any) -> dict[str, Any]:
    return {
        "code": "new",
        "trade_name": "Voltara new",
        "kind": "retailer",
        "parent": str(net.partners["dealer_b"].uid),
        "territory": str(net.territories["north_a"].uid),
        "product_lines": ["pumps"],
        "latitude": 28.5,
        "longitude": 77.1,
        **values,
    }


def test_a_partners_life(caller: Call, voltara: Net) -> None:
    administrator = caller("administrator")
    made = administrator.post("partners/", new_partner(voltara))
    assert made.status_code == 201, made.content.decode()
    partner = made.json()
    assert (partner["state"], partner["level"], partner["product_lines"]) == ("prospect", 4, ["pumps"])
    address = f"partners/{partner['id']}/"
    assert made["Location"].endswith(address)
    assert administrator.post(address + "begin-onboarding/").json()["state"] == "onboarding"
    assert administrator.post(address + "go-live/").json()["actions"] == ["suspend", "begin_exit"]
    refused = administrator.post(address + "suspend/")
    assert set(assert_problem(refused, 422, "invalid")["errors"]) == {"reason"}
    assert administrator.post(address + "suspend/", {"reason": "papers"}).json()["state"] == "suspended"
    assert_problem(administrator.post(address + "go-live/"), 409, "state-changed")
    changed = administrator.send("patch", address, {"capacity": 3, "product_lines": ["drives"]})
    assert (changed.json()["capacity"], changed.json()["product_lines"]) == (3, ["drives"])
    assert_problem(caller("sales_b").send("patch", address, {"capacity": 9}), 403, "not-allowed")
    assert_problem(caller("sales_a").send("patch", address, {"capacity": 9}), 404, "not-found")
    assert_problem(administrator.post("partners/", new_partner(voltara)), 409, "code-taken")


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"latitude": 91}, {"latitude"}),
        ({"latitude": None}, {"latitude"}),
        ({"kind": "brand_owner"}, {"kind"}),
        ({"state": "closed"}, {"state"}),
        ({"product_lines": ["pumps", "rockets"]}, {"product_lines.1"}),
        ({"capacity": 2**40}, {"capacity"}),
        ({"parent": "00000000-0000-7000-8000-000000000000"}, {"parent"}),
        ({"network": 2, "id": 1}, {"network", "id"}),
    ],
)
def test_a_new_partner_is_read_strictly(caller: Call, voltara: Net, values: Any, fields: set[str]) -> None:
    answer = caller("administrator").post("partners/", new_partner(voltara, **values))
    assert set(assert_problem(answer, 422, "invalid")["errors"]) == fields


def test_nodes_of_another_network_are_unknown(caller: Call, voltara: Net, nordwerk: Net) -> None:
    body = new_partner(voltara, parent=str(nordwerk.partners["brand"].uid))
    answer = caller("administrator").post("partners/", body)
    assert set(assert_problem(answer, 422, "invalid")["errors"]) == {"parent"}


def test_geography_and_lines_are_shared_within_the_network(caller: Call, nordwerk: Net) -> None:
    assert len(names(caller("sales_a").get("territories/"))) == 5
    [north] = caller("sales_a").get("territories/", code="north").json()["results"]
    assert north["parent"]["code"] == "root"
    assert len(names(caller("sales_a").get("territories/", below=north["id"]))) == 2
    assert names(caller("sales_a").get("product-lines/")) == ["Voltara drives", "Voltara pumps"]
    assert caller("nobody").get("territories/").json()["results"] == []
