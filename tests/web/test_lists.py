"""Lists: their state is in the address, the pager walks, and the file is exactly the view."""

import csv
import io
import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from dnm.scoping.masks import HIDDEN
from tests.web.pages import Reader, text_of
from tests.world import NOW, Net


def titles(response: HttpResponse) -> list[str]:
    return re.findall(
        r'href="/(?:leads|partners)/([0-9a-f-]{36})/" class="row-link"', response.content.decode()
    )


def link(response: HttpResponse, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
    return found.group(1).replace("&amp;", "&") if found else None


def rows_of(response: HttpResponse) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def thirty(voltara: Net) -> Net:
    for _number in range(30):
        voltara.lead(at=NOW)
    return voltara


def test_older_and_newer_walk_over_all_rows_once(thirty: Net) -> None:
    reader = Reader(thirty, "administrator")
    first = reader.get("/leads/")
    older = link(first, "next")
    assert older is not None
    assert link(first, "prev") is None
    second = reader.get(f"/leads/{older}")
    assert len(titles(first)) == 25
    assert len(titles(second)) == 5
    assert not set(titles(first)) & set(titles(second))
    newer = link(second, "prev")
    assert newer is not None
    assert titles(reader.get(f"/leads/{newer}")) == titles(first)


def test_the_pager_keeps_the_filters(thirty: Net) -> None:
    answer = Reader(thirty, "administrator").get("/leads/?state=new&order=oldest")
    assert "state=new" in (link(answer, "next") or "")
    assert "order=oldest" in (link(answer, "next") or "")


def test_a_marker_of_another_order_starts_again(thirty: Net) -> None:
    reader = Reader(thirty, "administrator")
    marker = link(reader.get("/leads/"), "next") or ""
    assert titles(reader.get(f"/leads/{marker}&order=oldest")) == titles(reader.get("/leads/?order=oldest"))
    assert reader.get("/leads/?cursor=rubbish").status_code == 200


def test_fifty_rows_on_request_and_never_more_than_offered(thirty: Net) -> None:
    reader = Reader(thirty, "administrator")
    assert len(titles(reader.get("/leads/?per=50"))) == 30
    assert len(titles(reader.get("/leads/?per=1000000"))) == 25


def test_filters_narrow_and_stand_above_the_list_as_chips(thirty: Net) -> None:
    thirty.lead(product_line=thirty.lines["drives"])
    answer = Reader(thirty, "administrator").get("/leads/?product_line=drives")
    assert len(titles(answer)) == 1
    assert "Product line: Voltara drives Remove this filter" in text_of(answer)


def test_no_match_and_none_yet_read_differently(voltara: Net) -> None:
    reader = Reader(voltara, "administrator")
    assert "No leads yet" in text_of(reader.get("/leads/"))
    assert "Nothing fits these filters" in text_of(reader.get("/leads/?state=won"))


def test_the_region_alone_for_htmx(thirty: Net) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list"}
    body = Reader(thirty, "administrator").get("/leads/", **headers).content.decode()
    assert body.strip().startswith("<section")
    assert "<html" not in body


def test_the_file_has_the_rows_columns_and_order_of_the_view(thirty: Net) -> None:
    thirty.lead(product_line=thirty.lines["drives"])
    reader = Reader(thirty, "administrator")
    header, *rows = rows_of(
        reader.get("/leads/?state=new&order=oldest&columns=name&columns=state&export=csv")
    )
    assert header == ["Lead", "Customer", "State"]
    assert len(rows) == 31
    assert rows[-1][0].startswith("Voltara drives")
    assert {row[2] for row in rows} == {"New"}
    only = rows_of(reader.get("/leads/?product_line=drives&export=csv"))
    assert len(only) == 2


def test_masks_hold_in_list_and_file(voltara: Net) -> None:
    lead = voltara.accepted()
    for name, seen in (("sales_a", True), ("owner_north", False), ("auditor", False)):
        reader = Reader(voltara, name)
        page, file = reader.get("/leads/"), reader.get("/leads/?export=csv")
        assert (lead.name in text_of(page)) is seen, name
        assert (lead.name in file.content.decode()) is seen, name
        assert seen or str(HIDDEN) in text_of(page)


def test_a_list_shows_only_its_scope(voltara: Net, nordwerk: Net) -> None:
    mine, theirs = voltara.accepted(), nordwerk.accepted()
    assert titles(Reader(voltara, "sales_a").get("/leads/")) == [str(mine.uid)]
    assert titles(Reader(voltara, "sales_b").get("/leads/")) == []
    assert titles(Reader(nordwerk, "sales_a").get("/leads/")) == [str(theirs.uid)]


def test_queries_do_not_grow_with_the_rows(voltara: Net) -> None:
    reader = Reader(voltara, "administrator")
    voltara.accepted()
    reader.get("/leads/")
    with CaptureQueriesContext(connection) as one:
        reader.get("/leads/")
    for _number in range(3):
        voltara.accepted()
    with CaptureQueriesContext(connection) as four:
        reader.get("/leads/")
    assert len(four) == len(one)
