"""The main job, as people do it: the form, the alert without a reload, three taps to an owner."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from leads.states import LeadState
from tests.e2e.conftest import Window
from tests.world import PASSWORD, Net

Open = Callable[..., Window]


ARRIVES = 45_000
"""Milliseconds that a lead may take to a dealer's screen: the first meets servers that have just started."""


def send_enquiry(window: Window) -> None:
    """A prospect fills the brand's form, as fast as people type."""
    page = window.go("/enquiry/")
    page.get_by_label("Your name").fill("Asha Verma")
    page.get_by_label("Phone").fill("098765 43210")
    page.get_by_label("Postal code").fill("NA1")
    page.get_by_label("What are you interested in?").select_option(label="Voltara pumps")
    page.get_by_label("What do you need?").fill("Two pumps for the well. Call 098765 43210, Asha")
    page.get_by_label("You may call.").check()
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def shown(page: Page) -> str:
    return page.locator("body").inner_text()


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
def test_form_to_dealer_to_owner(pair: tuple[Net, Net], open_window: Open, look: str) -> None:
    net, _other = pair
    dealer, rival, prospect = open_window(net, "sales_a", look), open_window(net, "sales_b"), open_window(net)
    home = dealer.go("/")
    expect(home.get_by_role("heading", level=1)).to_contain_text("Nothing needs you")
    rival.go("/")
    send_enquiry(prospect)
    # No reload: the list grows by itself.
    expect(home.locator(".task-title").first).to_contain_text("pumps", timeout=ARRIVES)
    dealer.looks_right("home-with-offer")
    home.locator(".task-verb").first.click()
    expect(home.get_by_role("button", name="Accept lead")).to_be_visible()
    for secret in ("Asha", "98765", "Verma"):
        assert secret not in shown(home), "contact data before acceptance"
    dealer.looks_right("offer")
    home.get_by_role("button", name="Accept lead").click()
    expect(home.get_by_text("Asha Verma").first).to_be_visible()
    expect(home.get_by_text("98765").first).to_be_visible()
    dealer.looks_right("lead-accepted")
    expect(rival.page.locator("#bell")).not_to_contain_text("1")
    with network_context(net.network):
        lead = Lead.objects.get()
        assert (lead.state, lead.partner) == (LeadState.ACCEPTED, net.partners["dealer_a"])


def test_declined_goes_to_the_next_without_a_reload(pair: tuple[Net, Net], open_window: Open) -> None:
    net, _other = pair
    first, second = open_window(net, "sales_a", "phone-light"), open_window(net, "sales_b", "desktop-dark")
    page, following = first.go("/"), second.go("/")
    send_enquiry(open_window(net))
    expect(page.locator(".task-title").first).to_contain_text("pumps", timeout=ARRIVES)
    page.locator(".task-verb").first.click()
    page.get_by_role("link", name="Decline").or_(page.get_by_role("button", name="Decline")).first.click()
    first.looks_right("decline")
    page.get_by_text("Too far").first.click()
    sure = page.get_by_role("button", name="Decline")
    if sure.count() and sure.last.is_visible():
        sure.last.click()
    expect(following.locator(".task-title").first).to_contain_text("pumps", timeout=ARRIVES)
    second.looks_right("home-second-dealer")
    page.wait_for_load_state()
    assert "Asha" not in shown(page)


def test_logging_in_by_hand(pair: tuple[Net, Net], open_window: Open) -> None:
    net, other = pair
    window = open_window(net, look="phone-light")
    page = window.go("/leads/")
    window.looks_right("login")
    page.get_by_label("Email").fill(f"sales_a@{net.network.slug}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leads")
    stranger = open_window(other)
    page = stranger.go("/accounts/login/")
    page.get_by_label("Email").fill(f"sales_a@{net.network.slug}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    assert "Voltara" not in shown(page), "a member of another network gets no further than the door"
