"""Every kind of page in four looks: axe finds nothing, no policy is violated, nothing sticks out of a
phone.
"""

import time
from collections.abc import Callable

import pytest

from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, DeliveryState
from tests.e2e.conftest import LOOKS, Window
from tests.world import Net

EXPECTED = ("Failed to load resource", "The specified value")
"""Pages that refuse, and the gallery's field with a wrong value."""

PAGES = {
    "administrator": [
        "/", "/leads/", "/leads/desk/", "/leads/new/", "/offers/", "/partners/", "/partners/new/",
        "/territories/", "/territories/map/", "/territories/coverage/", "/partners/tree/", "/authorisations/",
        "/documents/", "/tiers/", "/tiers/ladder/", "/people/", "/imports/", "/news/", "/publications/new/",
        "/notifications/", "/notifications/preferences/",
        "/search/?q=Voltara", "/gallery/",
    ],
    "sales_a": ["/", "/leads/", "/offers/", "/partners/", "/accounts/password/change/", "/nothing-here/"],
    "nobody": ["/", "/leads/"],
    "": ["/enquiry/", "/accounts/login/", "/accounts/password/reset/", "/accounts/login/code/"],
}  # fmt: skip

OF_A_PARTNER = (
    "move/",
    "authorise/",
    *(f"?tab={key}" for key in ("organisation", "authorisations", "comments")),
)


def wait_until_told(net: Net) -> None:
    """Alerts that are still on their way would change a page while it is looked at."""
    for _ in range(100):
        with network_context(net.network):
            if not Delivery.objects.filter(state=DeliveryState.PENDING).exists():
                return
        time.sleep(0.1)
    pytest.fail("the worker does not deliver")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_pages_look_right(
    pair: tuple[Net, Net], open_window: Callable[..., Window], name: str, look: str
) -> None:
    net, _other = pair
    lead, offer = net.accepted(), net.offered()
    wait_until_told(net)
    window = open_window(net, name, look)
    paths = list(PAGES[name])
    if name in ("administrator", "sales_a"):
        partner = net.partners["dealer_a"]
        paths += [f"/leads/{lead.uid}/", f"/offers/{offer.uid}/", f"/partners/{partner.uid}/"]
    if name == "administrator":
        paths += [f"/partners/{partner.uid}/{end}" for end in OF_A_PARTNER]
    for path in paths:
        window.complaints.clear()
        window.go(path)
        # A page that refuses is a page too; the browser says so, and that is no fault of ours.
        window.complaints[:] = [text for text in window.complaints if not text.startswith(EXPECTED)]
        window.looks_right(f"{name or 'stranger'}{path.split('?')[0].replace('/', '-')[:24]}")
