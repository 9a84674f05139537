"""A real list of 3,462 places comes in with a mapping, a preview, row errors and no lost row."""

from collections import Counter
from typing import Any

import pytest

from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.domain.mapping import suggested_mapping, unknown_words
from dnm.imports.models import ImportRow
from dnm.imports.states import RowState, RunState
from partners.models import Partner
from tests.imports.geography import SAMPLE, build_india, offices
from tests.imports.steps import again, applied, checked, mapped, upload
from tests.world import Net

WORDS = {"kind": {"HO": "distributor", "SO": "dealer", "BO": "retailer"}}
OPTIONS = {"codes": "made", "parents": "postal", "places": "postal", "status": "live"}

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason=f"{SAMPLE} is not here")


def test_the_sample_comes_in_whole(voltara: Net) -> None:
    with network_context(voltara.network):
        build_india(voltara, without_districts=frozenset({"Bapatla"}))
        before = Partner.objects.count()
    run = upload(voltara, importer_named("partners"), SAMPLE.read_bytes())
    assert run.total == 3462
    mapping = suggested_mapping(run)
    assert {name: source["column"] for name, source in mapping.items()} == {
        "trade_name": "officename",
        "kind": "officetype",
        "territory": "district",
        "postal_code": "pincode",
        "latitude": "latitude",
        "longitude": "longitude",
    }
    assert unknown_words(run, mapping) == {"kind": ["BO", "HO", "SO"]}
    run = checked(voltara, mapped(voltara, run, words=WORDS, options=OPTIONS))
    assert run.state == RunState.CHECKED
    assert run.counts["staged"] + run.counts["invalid"] == 3462
    _look_at_preview(voltara, run.pk)
    run = applied(voltara, run)
    assert run.state == RunState.DONE
    assert run.counts["applied"] + run.counts["bad"] == 3462
    with network_context(voltara.network):
        assert Partner.objects.count() == before + run.counts["applied"]
        assert {row.state for row in ImportRow.objects.filter(run=run)} <= {"applied", "invalid", "failed"}
        _look_at_tree(run.pk)
    _second_time(voltara, run.pk)


def _look_at_preview(net: Net, run_id: int) -> None:
    by_row = dict(enumerate(offices(), start=2))
    with network_context(net.network):
        rows = list(ImportRow.objects.filter(run=run_id))
    refused = Counter(error["field"] for row in rows for error in row.errors)
    assert set(refused) <= {"territory", "parent_code", ""}
    unknown = [row for row in rows if any(error["field"] == "territory" for error in row.errors)]
    assert {by_row[row.row_no]["district"] for row in unknown} == {"Bapatla"}
    said = {row.row_no: " ".join(warning["message"] for warning in row.warnings) for row in rows}
    for row in rows:
        office = by_row[row.row_no]
        if row.state == RowState.INVALID:
            continue
        if not office["latitude"]:
            assert "postal code" in said[row.row_no] or "No coordinates" in said[row.row_no], office
        else:
            latitude, longitude = row.values["latitude"], row.values["longitude"]
            as_given = (latitude, longitude) == (float(office["latitude"]), float(office["longitude"]))
            assert as_given or said[row.row_no], office
    exchanged = {by_row[number]["officename"] for number, text in said.items() if "exchanged" in text}
    assert {"Purankama BO", "Vellatoor B.O"} & exchanged == exchanged & {"Purankama BO", "Vellatoor B.O"}
    assert "Purankama BO" in exchanged
    purankama = next(row for row in rows if by_row[row.row_no]["officename"] == "Purankama BO")
    assert (purankama.values["latitude"], purankama.values["longitude"]) == (24.919515, 86.224718)
    run_together = next(row for row in rows if by_row[row.row_no]["officename"] == "Barganda SO")
    assert "cannot be right" in said[run_together.row_no]


def _look_at_tree(run_id: int) -> None:
    """Each branch office stands below a head of its own postal code; heads stand below the brand owner."""
    partners: list[Any] = list(Partner.objects.select_related("parent").filter(code__regex=r"^[0-9]{6}-"))
    assert len(partners) > 3000
    for partner in partners:
        if partner.kind == "retailer":
            assert partner.parent.postal_code == partner.postal_code
            assert partner.parent.kind in {"distributor", "dealer"}
        assert partner.parent.kind == "brand_owner" or partner.parent.kind != partner.kind
    assert all(partner.position is None for partner in partners if partner.latitude is None)


def _second_time(net: Net, run_id: int) -> None:
    """The same file again, with the missing district now known: only what stood in the errors file is new."""
    first = again(net, type("Run", (), {"pk": run_id}))  # type: ignore[arg-type]
    with network_context(net.network):
        before = Partner.objects.count()
    run = upload(net, importer_named("partners"), SAMPLE.read_bytes())
    run = checked(net, mapped(net, run, words=WORDS, options=OPTIONS))
    assert run.counts["create"] == 0
    assert run.counts["unchanged"] == first.counts["applied"]
    with network_context(net.network):
        assert Partner.objects.count() == before
