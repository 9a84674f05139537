"""The whole portal for a browser: web, worker and beat on the test database, and Chromium in front of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.portal import Servers
from tests.signing_in import session_of
from tests.world import Net, build_world

SHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
SETTLED = "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = {
    "desktop-light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "has_touch": True},
}
expect.set_options(timeout=20_000)  # what is expected comes; how soon is for the benches


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[Servers]:
    """Web, worker and beat, once for all tests."""
    with django_db_blocker.unblock(), Servers("voltara") as running:
        yield running


@dataclass
class Window:
    """A browser window of one person, in one look, that remembers what the browser complained of."""

    context: BrowserContext
    net: Net
    port: int
    look: str
    complaints: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def go(self, path: str) -> Page:
        self.page.goto(f"http://{self.net.host}:{self.port}{path}")
        return self.page

    def looks_right(self, name: str, *, preload: bool = True) -> None:
        """Screenshot kept, axe finds nothing, the browser had nothing to complain of, nothing sticks out.

        `preload` lets axe read style sheets by elements of its own, which a page whose sheets import others
        forbids.
        """
        self.page.wait_for_function(SETTLED)
        self.page.wait_for_timeout(300)  # transitions of colour
        options = {"runOnly": {"type": "tag", "values": STANDARD}, "preload": preload}
        found = Axe().run(self.page, options=options)  # before the screenshot, which stretches the window
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.look}.png", full_page=True)
        assert found.violations_count == 0, found.generate_report()
        assert self.complaints == []
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{name} sticks out by {width} px"


@pytest.fixture
def pair(transactional_db: None) -> tuple[Net, Net]:
    return build_world()


@pytest.fixture
def open_window(
    chromium: Browser, servers: Servers, pair: tuple[Net, Net]
) -> Iterator[Callable[..., Window]]:
    """Opens windows: `open_window(net, "sales_a", look)`; without a name a stranger's."""
    contexts: list[BrowserContext] = []

    def opened(net: Net, name: str = "", look: str = "desktop-light") -> Window:
        context = chromium.new_context(locale="en-GB", **LOOKS[look])
        contexts.append(context)
        if name:
            key = session_of(net.members[name].user, net.network.pk)
            cookie = {"name": "dnm_session", "value": key, "domain": net.host, "path": "/"}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return Window(context, net, servers.port, look)

    yield opened
    for context in contexts:
        context.close()
    connections.close_all()
