"""The first login with a passkey, by a virtual authenticator; and the way to another network."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from dnm.accounts.models import Membership, User
from dnm.accounts.tenancy import network_context
from partners.domain.access import grant_role
from partners.domain.invitation_mails import digest_of
from partners.models import Affiliation, Invitation
from partners.roles import Role
from tests.e2e.conftest import LOOKS, Window
from tests.partners.inviting import invite
from tests.world import NOW, Net

SECRET = "a-link-that-only-this-test-knows-0123456789"


def authenticator(page: Page) -> Any:
    """A platform authenticator that says yes, made through the browser's own tools."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools


def known_link(net: Net, invitation: Invitation) -> str:
    """The mail goes out from the worker; the test gives the row a secret of its own instead."""
    with network_context(net.network):
        Invitation.objects.filter(pk=invitation.pk).update(digest=digest_of(SECRET), mail_due_at=None)
    return f"/invitation/{SECRET}/"


def test_invited_accepted_passkey_and_a_colleague(
    pair: tuple[Net, Net], open_window: Callable[..., Window]
) -> None:
    net, _other = pair
    invitation = invite(net, by="owner_north", to="dealer_a", role=Role.PARTNER_OWNER, name="Asha Rao")
    window = open_window(net)
    page = window.go(known_link(net, invitation))
    authenticator(page)
    expect(page.get_by_text("Voltara owner_north")).to_be_visible()
    window.looks_right("login-accept")
    page.get_by_role("button", name="Make my login and join").click()
    expect(page.get_by_role("heading", name="Sign-in and security")).to_be_visible()
    window.looks_right("login-security")
    page.get_by_role("link", name="Add a passkey").click()
    window.looks_right("login-add-passkey")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/recovery-codes/**")
    window.go("/security/")
    expect(page.get_by_text("made", exact=False).first).to_be_visible()

    window.context.clear_cookies()
    window.go("/accounts/login/")
    window.looks_right("login-form")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"http://{net.host}:{window.port}/")
    expect(page.locator(".person-name")).to_have_text("Asha Rao")

    with network_context(net.network):
        dealer = net.partners["dealer_a"]
    window.go(f"/partners/{dealer.uid}/people/new/")
    page.get_by_label("Name").fill("Ravi Colleague")
    page.get_by_label("E-mail").fill("ravi@person.example")
    page.get_by_label("Role", exact=True).select_option("sales")
    window.looks_right("login-invite")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("heading", name="Ravi Colleague")).to_be_visible()
    window.go("/people/invitations/")
    expect(page.get_by_role("link", name="Ravi Colleague")).to_be_visible()
    window.looks_right("login-invitations")
    assert not mail.outbox
    assert window.complaints == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_look_right(pair: tuple[Net, Net], open_window: Callable[..., Window], look: str) -> None:
    net, other = pair
    _also_at(other, net.members["owner_a"].user)
    row = invite(net, name="Asha Rao")
    window = open_window(net, "owner_a", look)
    for name, path in {
        "invitations": "/people/invitations/",
        "invitation": f"/people/invitations/{row.uid}/",
        "invite": f"/partners/{net.partners['dealer_a'].uid}/people/new/",
        "member": f"/people/{net.members['sales_a'].uid}/",
        "card": f"/people/{net.members['sales_a'].uid}/edit/",
        "security": "/security/",
        "inbox": "/inbox/",
    }.items():
        window.go(path)
        window.looks_right(f"login-{name}")
    stranger = open_window(net, "", look)
    for name, path in {"accept": known_link(net, row), "login": "/accounts/login/"}.items():
        stranger.go(path)
        stranger.looks_right(f"login-{name}")


def test_the_switcher_leads_over_without_another_login(
    pair: tuple[Net, Net], open_window: Callable[..., Window]
) -> None:
    net, other = pair
    user = net.members["owner_a"].user
    _also_at(other, user)
    net.offered(at=timezone.now())
    window = open_window(net, "owner_a")
    page = window.go("/")
    page.locator("button.person").click()
    page.get_by_role("button", name="Nordwerk").click()
    page.wait_for_url(f"http://{other.host}:{window.port}/")
    expect(page.locator(".person-name")).to_have_text(user.name)
    page.locator("button.person").click()
    page.get_by_role("link", name="Everything that waits for me").click()
    expect(page.get_by_role("heading", name="Voltara · 1 thing")).to_be_visible()
    page.get_by_role("button", name="Open Voltara").click()
    page.wait_for_url(f"http://{net.host}:{window.port}/")
    assert window.complaints == []


def _also_at(net: Net, user: User) -> None:
    """The person sells for dealer_b of the other network too."""
    with network_context(net.network):
        membership = Membership.objects.create(network=net.network, user=user)
        dealer = net.partners["dealer_b"]
        Affiliation.objects.create(network=net.network, membership=membership, partner=dealer)
        grant_role(membership=membership, role=Role.SALES, node=dealer, actor=net.system, at=NOW)
