"""What pages tell caches."""

from tests.web.pages import Reader
from tests.world import Net


def test_pages_behind_the_login_stay_in_no_cache(voltara: Net) -> None:
    for path in ("/", "/leads/", f"/leads/{voltara.lead().uid}/", "/search/?q=ab"):
        answer = Reader(voltara, "administrator").get(path)
        assert answer["Cache-Control"] == "private, no-store", path
