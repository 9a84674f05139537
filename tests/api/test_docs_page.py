"""The page that shows the API, in Chromium under the strict policy: it works, and nothing complains."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.world import Net

pytestmark = pytest.mark.e2e


@pytest.fixture
def opened(
    committed_world: tuple[Net, Net], chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Page]:
    server = LiveServer("127.0.0.1")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    address = f"http://{committed_world[0].host}:{server.thread.port}"
    with chromium.new_context(base_url=address) as context:
        yield context.new_page()
    server.stop()


def test_a_call_can_be_tried(opened: Page, committed_world: tuple[Net, Net]) -> None:
    page, said = opened, list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/api/v1/docs/")
    page.locator("button.authorize").click()
    secret = page.get_by_label("auth-bearer-value")
    secret.fill(committed_world[0].secrets["sales_a"])
    secret.press("Enter")
    page.locator(".btn-done").last.click()
    operation = page.locator("#operations-me-me")
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text("sales_a@voltara.example")
    assert said == []
