"""A document expires and the leads stop; a new one is brought and verified, and they come again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dnm.accounts.tenancy import network_context
from leads.domain.clocks import process_lead
from leads.models import Lead, Offer
from leads.states import LeadState
from partners.domain.document_clock import run_document_clock
from partners.models import Document
from tests.e2e.conftest import Window
from tests.partners.papers import document_of, document_type, verified
from tests.partners.uploads import picture
from tests.world import Net

Open = Callable[..., Window]
LOOKS = ("phone-light", "phone-dark", "desktop-light", "desktop-dark")


def offered_to(net: Net) -> str:
    """The partner to whom a new lead at dealer_a's door goes, by the code of the running portal."""
    now = timezone.now()
    lead = net.lead(at=now)
    with network_context(net.network):
        if Lead.objects.get(pk=lead.pk).state in (LeadState.NEW, LeadState.ROUTING):
            process_lead(lead_id=lead.pk, actor=net.system, at=now)
        return str(Offer.objects.select_related("partner").get(lead=lead).partner.code)


def expire(net: Net) -> None:
    """Time passes: dealer_a's certificate was good until yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    with network_context(net.network):
        Document.objects.filter(pk=document_of(net).pk).update(
            covered_until=yesterday, expires_on=yesterday, due_on=yesterday, required_from=yesterday
        )
    run_document_clock(net.network.pk, timezone.now())
    assert document_of(net).state == "expired"


@pytest.fixture
def with_certificates(pair: tuple[Net, Net]) -> Net:
    net = pair[0]
    document_type(net, days_to_provide=30, hint="From the tax office.")
    until = timezone.localdate() + timedelta(days=200)
    verified(net, until=until, at=timezone.now())
    verified(net, "dealer_b", by="administrator", until=until, at=timezone.now())
    return net


def test_expired_then_no_leads_then_brought_verified_and_leads_again(
    with_certificates: Net, open_window: Open, tmp_path: Any
) -> None:
    net = with_certificates
    owner, finance = open_window(net, "owner_a", "phone-light"), open_window(net, "finance", "desktop-light")
    assert offered_to(net) == "dealer_a"
    expire(net)
    assert offered_to(net) == "dealer_b"

    home = owner.go("/")
    task = home.locator(".task", has_text="has expired: upload a new one")
    expect(task).to_be_visible()
    owner.looks_right("home-document-expired")
    page = owner.go(net.partners["dealer_a"].get_absolute_url())
    expect(page.get_by_text("Blocked: New leads")).to_be_visible()
    page.locator("#tab-documents").click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    assert page.url.endswith("?tab=documents")
    owner.looks_right("partner-documents")
    page.get_by_role("link", name="Upload").click()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(size=(1200, 900)))
    page.get_by_label("Photo or PDF").set_input_files(photo)
    page.get_by_label("Number on it").fill("27AAPFU0939F1ZV")
    page.get_by_label("Valid until").fill(str(timezone.localdate() + timedelta(days=365)))
    owner.looks_right("document-upload")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("waits for a second person")).to_be_visible()
    assert offered_to(net) == "dealer_b", "a copy that nobody looked at opens nothing"

    desk = finance.go("/")
    desk.locator(".task", has_text="Verify").get_by_role("link", name="Verify").last.click()
    expect(desk.get_by_text("photo.jpg")).to_be_visible()
    finance.looks_right("document-verify")
    desk.get_by_role("button", name="Verify").click()
    expect(desk.get_by_text("The document is verified.")).to_be_visible()
    finance.looks_right("document-verified")
    assert offered_to(net) == "dealer_a"
    page = owner.go(net.partners["dealer_a"].get_absolute_url())
    expect(page.get_by_text("Blocked")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_in_every_look(with_certificates: Net, open_window: Open, look: str) -> None:
    net = with_certificates
    expire(net)
    staff = open_window(net, "administrator", look)
    dealer = net.partners["dealer_a"].get_absolute_url()
    for name, path in (
        ("partner-overview", dealer),
        ("partner-tab-documents", f"{dealer}?tab=documents"),
        ("partner-tab-files", f"{dealer}?tab=files"),
        ("partner-tab-people", f"{dealer}?tab=people"),
        ("documents", "/documents/"),
        ("document", document_of(net).get_absolute_url()),
    ):
        staff.go(path)
        staff.looks_right(name)
