"""The administration in four looks, and what its scripts do under the content policy."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from dnm.accounts.models import Network, User
from dnm.accounts.tenancy import network_context
from leads.models import Offer
from partners.models import BusinessCalendar, TerritoryHolding
from tests.admin.visiting import row_path
from tests.e2e.conftest import LOOKS, Window
from tests.e2e.test_pages import wait_until_told
from tests.portal import Servers
from tests.signing_in import session_of
from tests.world import Net

LISTS = [
    "/admin/", "/admin/partners/partner/", "/admin/partners/partner/?state__exact=closed",
    "/admin/accounts/membership/", "/admin/partners/territoryholding/", "/admin/partners/partnerholding/add/",
    "/admin/leads/lead/", "/admin/leads/offer/", "/admin/leads/routingpolicy/add/", "/admin/events/event/",
    "/admin/partners/businesscalendar/add/", "/admin/partners/partner/add/",
]  # fmt: skip


def named(path: str) -> str:
    """A page's name for its picture: the address without ids."""
    parts = [part for part in path.split("?")[0].split("/")[2:] if part.count("-") != 4]
    return "-".join(["", *filter(None, parts)])


@pytest.mark.parametrize("look", LOOKS)
def test_the_administration_looks_right(
    pair: tuple[Net, Net], open_window: Callable[..., Window], look: str
) -> None:
    net, _other = pair
    lead, offer = net.accepted(), net.offered()
    with network_context(net.network):
        rows = [lead, offer, net.partners["dealer_a"], net.members["sales_a"], net.network]
        rows += [BusinessCalendar.objects.get(), *TerritoryHolding.objects.all()[:1]]
    wait_until_told(net)
    window = open_window(net, "administrator", look)
    pages = [*LISTS, *map(row_path, rows), row_path(lead).replace("change", "history")]
    for path in pages:
        window.go(path)
        window.looks_right(f"admin{named(path)}", preload=False)


def test_a_row_is_found_by_typing_and_an_action_asks(
    pair: tuple[Net, Net], open_window: Callable[..., Window]
) -> None:
    net, _other = pair
    offer = net.offered(at=timezone.now())
    window = open_window(net, "administrator")
    page = window.go("/admin/partners/partner/add/")
    page.get_by_role("combobox", name="Buys from").click()
    page.get_by_role("searchbox", name="Buys from").fill("distributor_n")
    page.get_by_role("option", name="Voltara distributor_north").click()
    expect(page.locator("#id_parent option:checked")).to_have_attribute(
        "value", str(net.partners["distributor_north"].uid)
    )
    window.go("/admin/leads/offer/")
    page.get_by_role("checkbox", name=f"Select {offer}").check()
    page.locator("select[name=action]").select_option("withdraw")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Reason").fill("Wrong city")
    window.looks_right("admin-action", preload=False)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("done (Withdraw).")).to_be_visible()
    with network_context(net.network):
        assert Offer.objects.get(pk=offer.pk).state == "withdrawn"
    assert window.complaints == []
    wait_until_told(net)


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
def test_the_operators_site_looks_right(
    pair: tuple[Net, Net], chromium: Browser, servers: Servers, look: str
) -> None:
    user = User.objects.create_user(email="op@platform.example", name="Olga Operator", is_operator=True)
    context = chromium.new_context(locale="en-GB", **LOOKS[look])
    cookie = {
        "name": "dnm_session",
        "value": session_of(user, None),
        "domain": "admin.localhost",
        "path": "/",
    }
    context.add_cookies([cookie])  # type: ignore[list-item]
    window = Window(context, Net(Network(slug="admin")), servers.port, look)
    network = row_path(pair[0].network)
    for path in (
        "/admin/",
        "/admin/accounts/network/",
        "/admin/accounts/network/add/",
        "/admin/accounts/user/",
        network,
        network.replace("change", "work"),
    ):
        window.go(path)
        window.looks_right(f"operators{named(path)}", preload=False)
    window.page.get_by_role("button", name="Look in").click()
    window.looks_right("operators-work", preload=False)
    context.close()
