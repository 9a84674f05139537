"""Change requests and exits in a browser: two people, one after the other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dnm.accounts.tenancy import network_context
from partners.models import ChangeRequest, SettlementItem
from tests.e2e.conftest import Window
from tests.partners.taking_off import leaving
from tests.world import Net

Open = Callable[..., Window]


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
def test_a_bank_account_is_asked_for_and_approved(
    pair: tuple[Net, Net], open_window: Open, look: str
) -> None:
    net, _other = pair
    owner, finance = open_window(net, "owner_a", look), open_window(net, "finance", look)
    partner = net.partners["dealer_a"]
    page = owner.go(f"{partner.get_absolute_url()}?tab=changes")
    owner.looks_right("partner-changes-empty")
    page.get_by_role("link", name="Bank account").click()
    for label, value in (
        ("Account holder", "Dealer A Ltd"),
        ("Bank", "First Bank"),
        ("Account number or IBAN", "0011 2233"),
        ("IFSC or BIC", "FBIN0001"),
        ("Why", "Our bank closes"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    owner.looks_right("change-form")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Submit").click()
    owner.looks_right("change-submitted")

    office = finance.go("/")
    office.get_by_role("link", name="Change to approve: Bank account").first.click()
    office.get_by_role("button", name="Approve").click()
    expect(office.get_by_text("Not in effect yet")).to_be_visible()
    finance.looks_right("change-approved")
    finance.go("/changes/")
    finance.looks_right("changes")
    with network_context(net.network):
        assert ChangeRequest.objects.get().state == "approved"


@pytest.mark.parametrize("look", ["desktop-dark", "phone-light"])
def test_an_exit_is_settled(pair: tuple[Net, Net], open_window: Open, look: str) -> None:
    net, _other = pair
    partner = leaving(net)
    admin, finance = open_window(net, "administrator", look), open_window(net, "finance", look)
    page = admin.go(f"{partner.get_absolute_url()}?tab=exit")
    admin.looks_right("partner-exit")
    page.get_by_role("link", name="Ask to waive").first.click()
    page.get_by_label("Reason").fill("Nothing left on the shelf")
    admin.looks_right("exit-ask-waiver")
    page.get_by_role("button", name="Ask to waive").click()
    office = finance.go("/")
    office.get_by_role("link", name="Waiver asked for").first.click()
    office.get_by_role("button", name="Waive", exact=True).click()
    finance.looks_right("partner-exit-waived")
    with network_context(net.network):
        assert SettlementItem.objects.filter(partner=partner, state="waived").count() == 1
