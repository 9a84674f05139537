"""A list shows no rows for filters that mean nothing."""

import pytest

from tests.web.pages import Reader, text_of
from tests.world import Net


@pytest.mark.parametrize("query", ["q=%00", "product_line=%00", "state=%00", "cursor=%00"])
def test_nulls_in_a_list_are_refused(voltara: Net, query: str) -> None:
    assert Reader(voltara, "administrator").get(f"/leads/?{query}").status_code == 422


@pytest.mark.parametrize(
    "query", ["state=nonsense", "partner=0198f0a0-0000-7000-8000-000000000000", "product_line=none"]
)
def test_a_filter_without_meaning_shows_no_rows(voltara: Net, query: str) -> None:
    lead = voltara.lead()
    reader = Reader(voltara, "administrator")
    assert str(lead.uid) in reader.get("/leads/").content.decode()
    page = reader.get(f"/leads/?{query}")
    assert page.status_code == 200
    assert str(lead.uid) not in page.content.decode()
    assert "Select a valid choice" in text_of(page)
    file = reader.get(f"/leads/?{query}&export=csv")
    assert file.status_code == 422
    assert lead.name not in file.content.decode()
