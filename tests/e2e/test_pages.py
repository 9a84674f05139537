"""Every kind of page in four looks: axe finds nothing, no policy is violated, nothing sticks out of a
phone.
"""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import LOOKS, Window
from tests.world import Net

PAGES = {
    "administrator": [
        "/", "/leads/", "/leads/desk/", "/leads/new/", "/offers/", "/partners/", "/partners/new/",
        "/territories/", "/people/", "/imports/", "/notifications/", "/notifications/preferences/",
        "/search/?q=Voltara", "/gallery/",
    ],
    "sales_a": ["/", "/leads/", "/offers/", "/partners/", "/accounts/password/change/", "/nothing-here/"],
    "nobody": ["/", "/leads/"],
    "": ["/enquiry/", "/accounts/login/", "/accounts/password/reset/", "/accounts/login/code/"],
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_look_right(
    pair: tuple[Net, Net], open_window: Callable[..., Window], name: str, look: str
) -> None:
    net, _other = pair
    lead, offer = net.accepted(), net.offered()
    window = open_window(net, name, look)
    paths = list(PAGES[name])
    if name in ("administrator", "sales_a"):
        partner = net.partners["dealer_a"]
        paths += [f"/leads/{lead.uid}/", f"/offers/{offer.uid}/", f"/partners/{partner.uid}/"]
    for path in paths:
        window.complaints.clear()
        window.go(path)
        # A page that refuses is a page too; the browser says so, and that is no fault of ours.
        window.complaints[:] = [text for text in window.complaints if "Failed to load resource" not in text]
        window.looks_right(f"{name or 'stranger'}{path.split('?')[0].replace('/', '-')[:24]}")
