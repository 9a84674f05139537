"""live.js in Chromium: an alert without a reload, one stream for all tabs, and the bell in step."""

import time
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dnm.accounts.tenancy import network_context
from tests.notifications.conftest import Address
from tests.notifications.offers import told_of_offer
from tests.signing_in import session_of
from tests.world import Net, build_world

pytestmark = pytest.mark.e2e


@pytest.fixture
def net(transactional_db: None) -> Net:
    return build_world()[0]


@pytest.fixture
def window(
    net: Net, live_address: Address, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BrowserContext]:
    """A browser in which the salesperson is logged in."""
    with network_context(net.network):
        session = session_of(net.members["sales_a"].user, net.network.pk)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium.new_context(base_url=f"http://{net.host}:{live_address[1]}") as context:
        context.add_cookies([{"name": "dnm_session", "value": session, "domain": net.host, "path": "/"}])
        yield context


def watched(window: BrowserContext, path: str, said: list[str]) -> Page:
    page = window.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append("stream") if "/events/" in request.url else None)
    page.goto(path)
    page.wait_for_timeout(800)
    return page


def test_the_dealer_is_alerted_without_a_reload(net: Net, window: BrowserContext) -> None:
    said: list[str] = []
    home, told = watched(window, "/", said), watched(window, "/notifications/", said)
    assert said == ["stream"], "two tabs, one stream, no complaint"
    began = time.monotonic()
    told_of_offer(net, "sales_a")
    for page in (home, told):
        expect(page.locator(".toast-notice")).to_contain_text("New lead: Voltara pumps")
        expect(page.locator("#bell")).to_contain_text("Notifications: 1 unread")
    assert time.monotonic() - began < 3
    expect(told.locator(".told-row.is-unread")).to_have_count(1)
    told.get_by_role("button", name="Mark all as read").click()
    expect(told.locator(".told-row.is-unread")).to_have_count(0)
    expect(home.locator("#bell")).to_contain_text("Notifications: 0 unread")
    assert said == ["stream"]


def test_another_tab_takes_over(net: Net, window: BrowserContext) -> None:
    said: list[str] = []
    first, second = watched(window, "/", said), watched(window, "/offers/", said)
    first.close()
    told_of_offer(net, "sales_a")
    expect(second.locator(".toast-notice")).to_have_count(1)
    assert said == ["stream", "stream"]
    second.reload()
    second.wait_for_timeout(800)
    expect(second.locator(".toast-notice")).to_have_count(0)
    expect(second.locator("#bell")).to_contain_text("Notifications: 1 unread")


def test_logging_out_ends_the_stream_for_good(net: Net, window: BrowserContext) -> None:
    said: list[str] = []
    page, other = watched(window, "/", said), watched(window, "/partners/", said)
    other.goto("/accounts/logout/")
    if other.get_by_role("button", name="Log out").count():
        other.get_by_role("button", name="Log out").click()
    page.wait_for_timeout(4000)
    assert said.count("stream") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(net: Net, window: BrowserContext, scheme: Literal["light", "dark"]) -> None:
    told_of_offer(net, "sales_a")
    page = watched(window, "/notifications/", [])
    page.emulate_media(color_scheme=scheme)
    told_of_offer(net, "sales_a")
    expect(page.locator(".toast-notice")).to_have_count(1)
    page.locator("#bell").click()
    expect(page.locator("#bell-latest li")).to_have_count(2)
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/notifications/preferences/")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def faults(page: Page) -> list[str]:
    """What axe finds wrong, against WCAG 2.2 AA."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
