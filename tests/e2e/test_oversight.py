"""Looking as another member in a real browser: begin, read, be refused, ask why, leave; and the audit."""

from collections.abc import Callable

import pytest

from dnm.accounts.history import sign
from dnm.accounts.tenancy import network_context
from partners.domain.partners import update_partner
from tests.e2e.conftest import Window
from tests.e2e.test_pages import EXPECTED, wait_until_told
from tests.world import NOW, Net


def fine(window: Window, name: str) -> None:
    window.complaints[:] = [text for text in window.complaints if not text.startswith(EXPECTED)]
    window.looks_right(name)


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
def test_look_ask_leave(pair: tuple[Net, Net], open_window: Callable[..., Window], look: str) -> None:
    net, _other = pair
    lead = net.accepted()
    with network_context(net.network):
        actor = net.actor("administrator")
        sign(actor)
        changes = {"trade_name": "Voltara dealer_a renamed", "phone": "+91 80 2222 3333"}
        update_partner(partner=net.partners["dealer_a"], changes=changes, actor=actor, at=NOW)
    wait_until_told(net)
    window = open_window(net, "administrator", look)
    page = window.page
    member = net.members["sales_b"]
    window.go(f"/people/{member.uid}/")
    page.get_by_role("link", name="View as").click()
    fine(window, "oversight-begin")
    page.get_by_label("Reason").fill("Ticket 4711: cannot find a lead")
    page.get_by_role("button", name="View for 30 minutes").click()
    banner = page.get_by_role("region", name="Viewing as another member")
    assert "You see the portal as Voltara sales_b" in banner.inner_text()
    fine(window, "oversight-home")
    window.go("/notifications/preferences/")
    page.locator("main form button[type=submit]").last.click()
    assert "change nothing" in page.locator("main").inner_text()
    fine(window, "oversight-refused")
    window.go("/people/")
    page.get_by_role("link", name="Why is this not allowed?").click()
    assert "cannot open this page" in page.locator("#answer").inner_text()
    page.get_by_label("Record or page").fill(f"/leads/{lead.uid}/")
    page.get_by_role("button", name="Ask", exact=True).click()
    assert "does not see this record" in page.locator("#answer").inner_text()
    fine(window, "oversight-why")
    banner.get_by_role("button", name="Leave").click()
    assert page.get_by_role("region", name="Viewing as another member").count() == 0
    window.go("/audit/")
    assert "Voltara dealer_a renamed" in page.locator("#list").inner_text()
    fine(window, "oversight-audit")
