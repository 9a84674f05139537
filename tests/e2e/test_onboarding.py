"""Apply, decide, live: in a browser, from the public page to the partner's own."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dnm.accounts.tenancy import network_context
from partners.domain.onboarding.links import live_link, token_of
from partners.models import Application, Invitation, Partner
from tests.e2e.conftest import Window
from tests.partners.taking_on import LIGHT, open_track
from tests.world import Net

Open = Callable[..., Window]


def link_of(net: Net) -> str:
    """The address that the applicant got by mail."""
    with network_context(net.network):
        link = live_link(Application.objects.get(), timezone.now())
        assert link is not None
        return f"/apply/progress/{token_of(link, net.network)}/"


def apply(applicant: Window) -> None:
    """The public pages, as fast as people type."""
    page = applicant.go("/apply/")
    applicant.looks_right("apply-kinds")
    page.get_by_role("link", name="Retailer").click()
    page.get_by_label("Your organisation").fill("Verma Traders")
    page.get_by_label("Your name").fill("Asha Verma")
    page.get_by_label("E-mail").fill("asha@verma.example")
    page.get_by_label("Postal code").fill("NA1")
    page.get_by_label("You may use").check()
    applicant.looks_right("apply-form")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def send_questionnaire(admin: Window) -> None:
    """From the home page to the first decision."""
    office = admin.go("/")
    office.get_by_role("link", name="Application: Verma Traders").first.click()
    admin.looks_right("application-enquiry")
    office.get_by_role("link", name="Send the questionnaire").first.click()
    admin.looks_right("application-move-on")
    office.get_by_label("Message to the applicant").fill("Glad to hear from you.")
    office.get_by_role("button", name="Send the questionnaire").click()
    expect(office.get_by_text("The application went on.")).to_be_visible()


def answer(applicant: Window, path: str) -> None:
    """By the personal link."""
    page = applicant.go(path)
    expect(page.get_by_text("Glad to hear from you.")).to_be_visible()
    page.get_by_label("Showroom?").select_option(label="Own")
    page.get_by_label("Working capital?").fill("80")
    page.get_by_label("Sells a rival brand?").select_option(label="No")
    applicant.looks_right("apply-questionnaire")
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    applicant.looks_right("apply-answered")


def take_live(admin: Window) -> None:
    """The score, the checklist, and the last step."""
    office = admin.page
    office.reload()
    expect(office.get_by_text("92 %").first).to_be_visible()
    admin.looks_right("application-score")
    office.get_by_role("link", name="Begin readiness").first.click()
    office.get_by_role("button", name="Begin readiness").click()
    admin.looks_right("application-readiness")
    office.locator("#checklist ~ * button", has_text="Done").first.click()
    office.get_by_role("link", name="Go live").first.click()
    office.get_by_label("Code").fill("V-901")
    office.get_by_label("Buys from").select_option(label="Voltara distributor_north")
    admin.looks_right("application-go-live")
    office.get_by_role("button", name="Go live").click()
    expect(office.get_by_text("Live as Verma Traders")).to_be_visible()
    admin.looks_right("application-live")


@pytest.mark.parametrize("look", ["desktop-light", "phone-dark"])
def test_apply_decide_live(pair: tuple[Net, Net], open_window: Open, look: str) -> None:
    net, _other = pair
    open_track(net, "retailer", stages=LIGHT, lines=(("Sign the contract", "task", "readiness"),))
    applicant, admin = open_window(net, look=look), open_window(net, "administrator", look)
    apply(applicant)
    send_questionnaire(admin)
    admin.go("/applications/board/")
    admin.looks_right("application-board")
    admin.page.go_back()
    answer(applicant, link_of(net))
    take_live(admin)
    admin.go("/applications/")
    admin.looks_right("applications")
    with network_context(net.network):
        partner = Partner.objects.get(code="V-901")
        assert (partner.state, partner.kind) == ("live", "retailer")
        assert Invitation.objects.get(partner=partner).email == "asha@verma.example"
