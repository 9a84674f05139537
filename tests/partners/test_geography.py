"""Territories and postal areas from a spreadsheet, gaps and overlaps, the map, the tree."""

import csv
import gzip
import io
from typing import Any

import pytest
from django.test import Client

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.models import ImportRow
from dnm.imports.states import RowState, RunState
from partners.domain.coverage import coverage
from partners.domain.maps import draw
from partners.domain.partners import create_partner
from partners.models import PostalArea, Territory
from tests.imports.files import SHARED
from tests.imports.steps import applied, checked, mapped, upload
from tests.world import NOW, Net

PINCODES = SHARED / "geo" / "in_pincodes.csv.gz"


def brought_in(net: Net, importer: str, content: str | bytes, **mapping: Any) -> Any:
    run = checked(net, mapped(net, upload(net, importer_named(importer), content), **mapping))
    return applied(net, run)


def findings(net: Net, member: str = "administrator") -> dict[str, list[str]]:
    with network_context(net.network):
        return {found.key: [str(row) for row in found.rows] for found in coverage(net.actor(member))}


def test_territories_come_in_whatever_their_order(voltara: Net) -> None:
    """Children before parents, one parent in the network; again, nothing changes."""
    content = (
        "code,name,level,lies in,lat,lon\n"
        "d1,District One,district,s1,12.9,77.6\n"
        "s1,State One,state,north,13.0,77.0\n"
        "z9,Zone Nine,zone,,,\n"
        "north,Voltara north renamed,zone,,,\n"
    )
    run = brought_in(voltara, "territories", content)
    assert run.state == RunState.DONE, run.message
    with network_context(voltara.network):
        district = Territory.objects.select_related("parent__parent__parent").get(code="d1")
        assert [district.parent.code, district.parent.parent.code] == ["s1", "north"]
        assert district.level == 4
        assert Territory.objects.get(code="z9").parent == voltara.territories["root"]
        assert Territory.objects.get(code="north").name == "Voltara north renamed"
    brought_in(voltara, "territories", content.replace("District One", "District Uno"))
    with network_context(voltara.network):
        assert Territory.objects.filter(code__in=["d1", "s1", "z9"]).count() == 3
        assert Territory.objects.get(code="d1").name == "District Uno"


def test_rows_that_make_no_sense_stand_in_the_errors_file(voltara: Net) -> None:
    content = (
        "code,name,level,lies in,lat,lon\n"
        "a,A,state,b,,\nb,B,state,a,,\nc,C,state,nowhere,,\nd,D,state,north,95,0\ne,E,state,north,1,\n"
        "ok,OK,state,north,1,2\n"
    )
    run = checked(voltara, mapped(voltara, upload(voltara, importer_named("territories"), content)))
    with network_context(voltara.network):
        wrong = ImportRow.objects.filter(run=run, state=RowState.INVALID)
        assert {row.key for row in wrong} == {"a", "b", "c", "d", "e"}
    applied(voltara, run)
    with network_context(voltara.network):
        assert Territory.objects.filter(code="ok").exists()
        assert not Territory.objects.filter(code__in="abcde").exists()


def test_postal_areas_come_in_by_code_or_by_a_name_that_is_clear(voltara: Net) -> None:
    content = (
        "pincode,country,place,territory,lat,lon\n"
        "560001,,GPO,south_a,12.97,77.59\n"
        "NA1,IN,Moved,south_a,,\n"
        "110001,IN,CP,nowhere,,\n"
    )
    run = brought_in(voltara, "postal-areas", content)
    assert run.counts["invalid"] == 1
    with network_context(voltara.network):
        made = PostalArea.objects.get(code="560001")
        assert (made.country, made.territory.code, made.name) == ("IN", "south_a", "GPO")
        moved = PostalArea.objects.get(code="NA1")
        assert (moved.territory.code, moved.latitude) == ("south_a", 28.61)


@pytest.mark.skipif(not PINCODES.exists(), reason=f"{PINCODES} is not here")
def test_a_state_of_the_real_list(voltara: Net) -> None:
    """All post codes of one state: districts as territories, then the codes."""
    with gzip.open(PINCODES, "rt", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["state"] == "Kerala"]
    districts = sorted({row["district"] for row in rows})
    lines = ["code,name,level,lies in", "KL,Kerala,state,south"]
    lines += [f"KL-{n},{name},district,KL" for n, name in enumerate(districts)]
    brought_in(voltara, "territories", "\n".join(lines))
    out = io.StringIO()
    writer = csv.DictWriter(out, ["pincode", "lat", "lon", "district"], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    run = brought_in(voltara, "postal-areas", out.getvalue())
    assert run.counts["applied"] == len(rows)
    with network_context(voltara.network):
        kerala = Territory.objects.get(code="KL")
        drawing = draw(kerala, voltara.actor("administrator"))
        assert len(drawing.regions) == len(districts)
        assert sum(bool(region.path) for region in drawing.regions) > 0.8 * len(districts)


def test_gaps_and_overlaps(voltara: Net) -> None:
    assert findings(voltara)["nowhere"] == []
    with network_context(voltara.network):
        root, north = voltara.territories["root"], voltara.territories["north"]
        for code, place, country in (("X1", root, "IN"), ("X2", north, "IN"), ("NA1", north, "NP")):
            PostalArea.objects.create(
                territory=place, country=country, code=code, latitude=8.0, longitude=77.0
            )
        Territory.objects.create(name="Empty", code="empty", kind="zone", parent=root)
        for code, place, postal_code, latitude in (
            ("lost", root, "", 28.0),
            ("far", north, "NA1", 8.0),
            ("elsewhere", north, "SA1", 28.6),
            ("unknown", north, "ZZ9", 28.6),
        ):
            create_partner(
                code=code,
                trade_name=code,
                kind="dealer",
                parent=voltara.partners["brand"],
                territory=place,
                postal_code=postal_code,
                latitude=latitude,
                longitude=77.2,
                actor=voltara.system,
                at=NOW,
            )
    found = findings(voltara)
    assert found["twice"] == ["NA1 Voltara place NA1", "NA1"]
    assert found["nowhere"] == ["X1"]
    assert set(found["not-at-the-bottom"]) == {"X2", "NA1"}
    assert set(found["areas-far"]) >= {"X2", "NA1"}
    assert "Empty" in found["empty"]
    assert found["partners-nowhere"] == ["lost"]
    assert found["partners-far"] == ["far"]
    assert found["partners-elsewhere"] == ["elsewhere"]
    assert found["partners-unknown"] == ["unknown"]
    assert findings(voltara, "zone_south")["partners-far"] == [], "partners out of sight are not told of"


def test_the_map_counts_what_the_reader_sees(voltara: Net) -> None:
    def live(member: str) -> dict[str, int]:
        with network_context(voltara.network):
            drawing = draw(voltara.territories["root"], voltara.actor(member))
        return {region.territory.code: region.live for region in drawing.regions}

    assert live("administrator") == {"north": 4, "south": 2}
    assert live("owner_a") == {"north": 2, "south": 0}
    assert live("zone_south") == {"north": 0, "south": 2}


def test_bubbles_are_as_large_as_their_number(voltara: Net) -> None:
    with network_context(voltara.network):
        drawing = draw(voltara.territories["root"], voltara.actor("administrator"))
        north, south = drawing.regions
        assert (north.live / south.live) == pytest.approx((north.radius / south.radius) ** 2, rel=0.02)
        assert north.y < south.y, "north is up"
        assert drawing.total == 6
        leaf = draw(voltara.territories["north_a"], voltara.actor("administrator"))
        assert not leaf.regions


def visit(client: Client, net: Net, member: str, path: str, **headers: str) -> Any:
    client.force_login(
        net.members[member].user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session["network"] = net.network.pk
    session.save()
    return client.get(path, headers={"host": net.host, **headers})


def test_the_pages(client: Client, voltara: Net) -> None:
    north = voltara.territories["north"].uid
    for path in ("/territories/map/", f"/territories/{north}/map/", "/territories/coverage/"):
        answer = visit(client, voltara, "administrator", path)
        assert answer.status_code == 200
        assert b"style=" not in answer.content.replace(b"stylesheet", b"")
    assert visit(client, voltara, "owner_a", "/territories/coverage/").status_code == 403
    assert b"4" in visit(client, voltara, "administrator", "/territories/map/").content


def test_the_tree_opens_level_by_level(client: Client, voltara: Net) -> None:
    top = visit(client, voltara, "administrator", "/partners/tree/").content.decode()
    assert top.count('class="tree-row"') == 2, "those who buy from the brand owner, who stands above alone"
    brand, north = voltara.partners["brand"].uid, voltara.partners["distributor_north"].uid
    first = visit(client, voltara, "administrator", f"/partners/{brand}/tree/").content.decode()
    assert first.count('class="tree-row"') == 2
    piece = visit(
        client, voltara, "administrator", f"/partners/{north}/tree/", **{"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in piece
    assert "Voltara dealer_a" in piece
    zone = visit(client, voltara, "zone_north", "/partners/tree/").content.decode()
    assert "<title>Voltara distributor_north" in zone
    assert "Voltara dealer_a" in zone
    assert "distributor_south" not in zone
    assert visit(client, voltara, "owner_a", f"/partners/{north}/tree/").status_code == 404


def test_the_tree_asks_few_questions(
    client: Client, voltara: Net, django_assert_max_num_queries: Any
) -> None:
    north = voltara.partners["distributor_north"].uid
    visit(client, voltara, "administrator", f"/partners/{north}/tree/")
    with django_assert_max_num_queries(14):
        assert client.get(f"/partners/{north}/tree/", headers={"host": voltara.host}).status_code == 200
