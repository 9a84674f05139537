"""The partner importer's rules on small files: codes, parents in any order, places, changes."""

from typing import Any

import pytest

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import RowState
from partners.importers.places import Box, judge
from partners.models import Partner, Territory
from tests.imports.steps import applied, checked, mapped, rows, upload
from tests.world import Net

HEADER = "code,trade name,kind,parent code,territory,postal code,latitude,longitude"


def preview(net: Net, text: str, **options: str) -> tuple[ImportRun, dict[int, ImportRow]]:
    run = upload(net, importer_named("partners"), text)
    run = checked(net, mapped(net, run, options=options))
    return run, rows(net, run)


def brought_in(net: Net, text: str, **options: str) -> dict[int, ImportRow]:
    run, _found = preview(net, text, **options)
    return rows(net, applied(net, run))


def partner(net: Net, code: str) -> Any:
    with network_context(net.network):
        return Partner.objects.select_related("parent", "territory").get(code=code)


def errors(row: ImportRow) -> list[str]:
    return [error["field"] for error in row.errors]


def test_parents_may_come_after_their_children(voltara: Net) -> None:
    text = f"""{HEADER}
c,Shop,retailer,b,,NA1,28.6,77.2
b,Dealer,dealer,a,,NA1,28.6,77.2
a,House,distributor,brand,north,NA1,28.6,77.2
"""
    found = brought_in(voltara, text)
    assert {row.state for row in found.values()} == {RowState.APPLIED}
    assert [found[n].depth for n in (2, 3, 4)] == [2, 1, 0]
    assert partner(voltara, "c").parent.code == "b"
    assert partner(voltara, "b").parent.code == "a"
    assert partner(voltara, "a").territory.code == "north"


def test_rows_that_stand_below_themselves_are_refused(voltara: Net) -> None:
    text = f"{HEADER}\na,A,dealer,b,,NA1,,\nb,B,dealer,a,,NA1,,\nc,C,dealer,c,,NA1,,\n"
    _run, found = preview(voltara, text)
    assert [errors(found[n]) for n in (2, 3, 4)] == [["parent_code"]] * 3


def test_a_child_of_a_bad_row_stands_in_the_errors_file_with_it(voltara: Net) -> None:
    text = f"{HEADER}\na,A,dealer,brand,no such place,XX1,,\nb,B,retailer,a,,NA1,,\n"
    found = brought_in(voltara, text + "ok,Fine,dealer,brand,,NA1,,\n")
    assert found[2].state == RowState.INVALID
    assert found[3].state == RowState.FAILED
    assert "Its parent a is not in the network" in found[3].message
    assert found[4].state == RowState.APPLIED


def test_rules_for_rows_without_parent_or_code(voltara: Net) -> None:
    text = f"""{HEADER}
,House,distributor,,,NA1,28.6,77.2
,Shop,retailer,,,NA1,28.6,77.2
,Shop,retailer,,,SA1,,
"""
    _run, found = preview(voltara, text)
    assert [errors(found[n]) for n in (2, 3, 4)] == [["code"]] * 3
    _run, found = preview(voltara, text, codes="made", parents="root")
    assert [row.key for row in found.values()] == ["NA1-HOUSE", "NA1-SHOP", "SA1-SHOP"]
    assert {row.values["parent_code"] for row in found.values()} == {"brand"}
    _run, found = preview(voltara, text, codes="made", parents="postal")
    assert found[2].values["parent_code"] == "brand"
    assert found[3].values["parent_code"] == "NA1-HOUSE"
    assert errors(found[4]) == ["parent_code"]
    assert "SA1" in found[4].errors[0]["expected"]


def test_of_several_heads_the_nearest_is_taken_and_said(voltara: Net) -> None:
    text = f"""{HEADER}
far,Far,dealer,,,NA1,28.9,77.2
near,Near,dealer,,,NA1,28.61,77.2
shop,Shop,retailer,,,NA1,28.6,77.2
"""
    _run, found = preview(voltara, text, parents="postal")
    assert found[4].values["parent_code"] == "near"
    assert "far, near" in found[4].warnings[0]["message"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "used", "said"),
    [
        ("28.62", "77.22", (28.62, 77.22), ""),
        ("28,62", "77,22", (28.62, 77.22), ""),
        ("77.22", "28.62", (28.62, 77.22), "exchanged"),
        ("2862.0", "77.22", (28.61, 77.2), "cannot be right"),
        ("77.2", "77.2", (28.61, 77.2), "cannot be right"),
        ("13.0", "77.6", (28.61, 77.2), "km from the postal code"),
        ("0", "0", (28.61, 77.2), "cannot be right"),
        ("", "", (28.61, 77.2), "middle of postal code"),
        ("28.62", "", (28.61, 77.2), "Only one"),
    ],
)
def test_places(voltara: Net, latitude: str, longitude: str, used: tuple[float, float], said: str) -> None:
    text = f'{HEADER}\nx,X,dealer,brand,,NA1,"{latitude}","{longitude}"\n'
    _run, found = preview(voltara, text)
    row = found[2]
    assert (row.values["latitude"], row.values["longitude"]) == used
    told = " ".join(warning["message"] for warning in row.warnings)
    assert said in told
    assert bool(told) == bool(said), "nothing is repaired silently"


def test_without_a_known_middle_a_partner_may_stay_without_a_place(voltara: Net) -> None:
    text = f"{HEADER}\nx,X,dealer,brand,north,ZZ9,,\ny,Y,dealer,brand,,NA1,,\n"
    _run, found = preview(voltara, text)
    assert found[2].values["latitude"] is None
    assert "never the nearest" in found[2].warnings[0]["message"]
    assert found[3].values["latitude"] == 28.61
    _run, found = preview(voltara, text, places="missing")
    assert found[3].values["latitude"] is None
    brought_in(voltara, text, places="missing")
    assert partner(voltara, "y").position is None


def test_exchanged_pairs_are_found_by_distance_where_both_orders_lie_in_the_network() -> None:
    box = Box.around([(45.0 + n, 7.0 + n) for n in range(12)])
    assert box is not None
    assert box.holds((48.1, 11.6))
    assert not box.holds((11.6, 48.1))
    wide = Box(0, 0, 60, 60)
    munich = (48.14, 11.58)
    assert judge((11.58, 48.14), centre=munich, box=wide).exchanged
    assert judge(munich, centre=munich, box=wide).point == munich
    assert judge((20.0, 20.0), centre=munich, box=wide).point is None
    assert not judge((11.58, 48.14), centre=None, box=wide).exchanged
    assert judge((98.0, 12.0), centre=None, box=None).exchanged


def test_territory_by_code_name_or_postal_code(voltara: Net) -> None:
    text = f"""{HEADER}
a,A,dealer,brand,south_a,,,
b,B,dealer,brand,voltara NORTH,,,
c,C,dealer,brand,,SA1,,
d,D,dealer,brand,Atlantis,NA1,,
e,E,dealer,brand,Atlantis,,,
f,F,dealer,brand,,,,
"""
    _run, found = preview(voltara, text)
    names = {territory.pk: code for code, territory in voltara.territories.items()}
    chosen = [names[found[n].values["territory_id"]] for n in (2, 3, 4, 5)]
    assert chosen == ["south_a", "north", "south_a", "north_a"]
    assert "Atlantis" in found[5].warnings[0]["message"]
    assert errors(found[6]) == errors(found[7]) == ["territory"]


def test_a_name_that_two_territories_have(voltara: Net) -> None:
    with network_context(voltara.network):
        for zone in ("north", "south"):
            Territory.objects.create(
                network=voltara.network,
                parent=voltara.territories[zone],
                name="Rampur",
                code=f"rampur-{zone}",
                kind="district",
            )
    _run, found = preview(voltara, f"{HEADER}\na,A,dealer,brand,Rampur,,,\nb,B,dealer,brand,Rampur,SA1,,\n")
    assert "rampur-north, rampur-south" in found[2].errors[0]["expected"]
    assert found[3].values["territory_id"] == voltara.territories["south_a"].pk


def test_known_partners_are_changed_and_an_empty_cell_leaves_what_is_there(voltara: Net) -> None:
    text = """code,trade name,kind,parent code,postal code,latitude,longitude,capacity,status,product lines
dealer_a,Voltara dealer_a,dealer,,,,,9,,pumps
dealer_b,Voltara dealer_b,dealer,brand,,,,,live,
dealer_c,New name,dealer,,,28.6,77.2,,suspended,
retailer_a,Voltara retailer_a,retailer,,,,,,prospect,
"""
    run, found = preview(voltara, text)
    assert [found[n].change for n in (2, 3, 4, 5)] == ["update", "unchanged", "", "unchanged"]
    assert found[2].changes["open leads at a time"] == ["5", "9"]
    assert "moving it to brand" in found[3].warnings[0]["message"]
    assert errors(found[4]) == ["status"]
    assert "status is changed on the partner" in found[5].warnings[0]["message"]
    applied(voltara, run)
    after = partner(voltara, "dealer_a")
    assert (after.capacity, after.latitude, after.parent.code) == (9, 28.60, "distributor_north")
    assert after.product_line_ids == [voltara.lines["pumps"].pk]
    assert partner(voltara, "dealer_b").parent.code == "distributor_north"
    assert partner(voltara, "retailer_a").state == "live"


def test_the_brand_owner_is_not_for_import(voltara: Net) -> None:
    _run, found = preview(voltara, f"{HEADER}\nbrand,Usurped,dealer,,,NA1,,\n")
    assert errors(found[2]) == ["code"]


def test_unknown_product_lines_are_named(voltara: Net) -> None:
    text = "code,trade name,kind,parent code,postal code,product lines\nx,X,dealer,brand,NA1,pumps; lasers\n"
    _run, found = preview(voltara, text)
    assert found[2].errors[0]["got"] == "lasers"
    assert "drives, pumps" in found[2].errors[0]["expected"]


def test_every_word_of_a_naughty_list_is_applied_or_refused(voltara: Net) -> None:
    words: list[Any] = [
        "=1+1",
        "@SUM(A1)",
        "-2+3",
        "Ω≈ç√",
        "﷽",
        "<script>alert(1)</script>",
        "'; DROP TABLE x; --",
        "\u202ertl",
        "null",
        "1E400",
        "ﾟ･✿ヾ",
        "\u200bzero width",
        "a" * 200,
        "{{7*7}}",
        "%s%n",
        "\t",
    ]
    lines = "".join(f'n{n},"{word}",dealer,brand,,NA1,,\n' for n, word in enumerate(words))
    found = brought_in(voltara, f"{HEADER}\n{lines}")
    assert len(found) == len(words)
    for row in found.values():
        assert row.state == RowState.APPLIED or row.errors or row.message
    assert partner(voltara, "n5").trade_name == "<script>alert(1)</script>"
    assert partner(voltara, "n11").trade_name == "zero width"
