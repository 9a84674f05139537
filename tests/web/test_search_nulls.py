"""Null characters in the search box."""

import pytest

from tests.web.pages import Reader
from tests.world import Net


@pytest.mark.parametrize("words", ["%00%00", "a%00b"])
def test_a_search_for_nulls_finds_nothing(voltara: Net, words: str) -> None:
    assert Reader(voltara, "administrator").get(f"/search/?q={words}").status_code == 200
