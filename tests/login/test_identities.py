"""Login by a network's identity provider: its subjects are its own, and hold on that network only."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from dnm.accounts.models import IdentityProvider, NetworkIdentity, User
from dnm.accounts.sealing import unseal
from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Invalid, NotAllowed
from dnm.web.login.fetching import ForbiddenAddress, check_address
from partners.domain.login import add_identity_provider, update_identity_provider
from tests.admin.visiting import row_path, visit
from tests.login.people import both, browser, get, post, rules
from tests.login.provider import Provider
from tests.world import NOW, Net

SECRET = "the-providers-own-secret"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def jo(voltara: Net, nordwerk: Net) -> User:
    return both(voltara, nordwerk)


def offer(net: Net, provider: Provider, **values: Any) -> IdentityProvider:
    facts = {"slug": "corp", "name": "Corp", "issuer": provider.issuer, "client_id": "client", **values}
    with network_context(net.network):
        return add_identity_provider(**facts, secret=SECRET, actor=net.actor("administrator"), at=NOW)


def come_back(client: Client, net: Net, process: str = "login") -> Any:
    """From the button to the provider and back again, as a browser goes."""
    left = post(client, net, f"/accounts/oidc/corp/login/?process={process}")
    assert left.status_code == 302, left.content.decode()[:500]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(left["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://{net.host}/accounts/oidc/corp/login/callback/"
    return get(client, net, f"/accounts/oidc/corp/login/callback/?code=c&state={asked['state']}")


def test_a_person_connects_and_then_logs_in(
    voltara: Net, nordwerk: Net, provider: Provider, jo: User
) -> None:
    offer(voltara, provider)
    mine = browser(voltara, jo)
    assert come_back(mine, voltara, "connect")["Location"] == "/security/"
    assert provider.asked[-1]["client_secret"] == SECRET
    assert "Corp" in get(mine, voltara, "/security/").content.decode()
    fresh = Client()
    assert come_back(fresh, voltara)["Location"] == "/"
    assert get(fresh, voltara, "/leads/").status_code == 200
    assert fresh.session["method"] == "oidc"
    assert get(fresh, nordwerk, "/leads/").status_code == 302
    with network_context(nordwerk.network):
        assert not NetworkIdentity.objects.exists()


def test_an_identity_is_never_found_by_an_address(voltara: Net, provider: Provider, jo: User) -> None:
    offer(voltara, provider)
    provider.email = jo.email
    client = Client()
    assert come_back(client, voltara)["Location"] == "/accounts/login/"
    assert get(client, voltara, "/leads/").status_code == 302
    assert User.objects.filter(email=jo.email).count() == 1
    with network_context(voltara.network):
        assert not NetworkIdentity.objects.exists()


def test_the_same_subject_of_two_networks_is_two_identities(
    voltara: Net, nordwerk: Net, provider: Provider, jo: User
) -> None:
    """Both networks use the same provider: what one of them connected opens nothing at the other."""
    offer(voltara, provider)
    offer(nordwerk, provider)
    come_back(browser(voltara, jo), voltara, "connect")
    client = Client()
    assert come_back(client, nordwerk)["Location"] == "/accounts/login/"
    other = nordwerk.members["sales_b"].user
    come_back(browser(nordwerk, other), nordwerk, "connect")
    come_back(client, nordwerk)
    assert client.session["_auth_user_id"] == str(other.pk)


def test_a_providers_session_cannot_change_the_login(voltara: Net, jo: User) -> None:
    foreign = browser(voltara, jo, method="oidc")
    for path in (
        "password/change/", "password/set/", "email/", "reauthenticate/", "2fa/", "2fa/totp/activate/",
        "2fa/webauthn/add/", "2fa/recovery-codes/", "3rdparty/",
    ):  # fmt: skip
        assert get(foreign, voltara, f"/accounts/{path}").status_code == 403, path
        assert post(foreign, voltara, f"/accounts/{path}").status_code == 403, path
    text = get(foreign, voltara, "/security/").content.decode()
    assert "Add a passkey" not in text
    assert "Set up an app" not in text


def test_an_identity_of_somebody_else_is_not_taken_over(voltara: Net, provider: Provider, jo: User) -> None:
    offer(voltara, provider)
    come_back(browser(voltara, jo), voltara, "connect")
    rival = voltara.members["sales_b"].user
    come_back(browser(voltara, rival), voltara, "connect")
    with network_context(voltara.network):
        assert NetworkIdentity.objects.get().user_id == jo.pk
        uid = NetworkIdentity.objects.get().uid
    assert (
        post(browser(voltara, rival), voltara, f"/security/identities/{uid}/disconnect/").status_code == 404
    )
    assert post(browser(voltara, jo), voltara, f"/security/identities/{uid}/disconnect/").status_code == 302
    assert come_back(Client(), voltara)["Location"] == "/accounts/login/"


def test_the_network_may_trust_the_provider_for_the_second_factor(
    voltara: Net, provider: Provider, jo: User
) -> None:
    row = offer(voltara, provider)
    come_back(browser(voltara, jo), voltara, "connect")
    rules(voltara, mfa_roles=["sales"])
    client = Client()
    come_back(client, voltara)
    assert get(client, voltara, "/leads/")["Location"] == "/security/"
    with network_context(voltara.network):
        boss = voltara.actor("administrator")
        update_identity_provider(provider=row, changes={"proves_factor": True}, actor=boss, at=NOW)
    client = Client()
    come_back(client, voltara)
    assert get(client, voltara, "/leads/").status_code == 200


@pytest.mark.parametrize("fault", ["state", "audience", "off", "closed"])
def test_what_does_not_fit_logs_nobody_in(voltara: Net, provider: Provider, jo: User, fault: str) -> None:
    row = offer(voltara, provider)
    come_back(browser(voltara, jo), voltara, "connect")
    client = Client(raise_request_exception=False)
    if fault == "state":
        answer = get(client, voltara, "/accounts/oidc/corp/login/callback/?code=c&state=invented")
        assert answer.status_code in (200, 302)
    elif fault == "audience":
        provider.issued_for = "somebody-elses-client"
        assert come_back(client, voltara).status_code in (200, 302)
    elif fault == "off":
        with network_context(voltara.network):
            boss = voltara.actor("administrator")
            update_identity_provider(provider=row, changes={"is_enabled": False}, actor=boss, at=NOW)
        assert post(client, voltara, "/accounts/oidc/corp/login/").status_code == 404
    else:
        rules(voltara, allowed_methods=["passkey"])
        come_back(client, voltara)
    assert get(client, voltara, "/leads/").status_code == 302


def test_another_networks_provider_is_not_there(voltara: Net, nordwerk: Net, provider: Provider) -> None:
    offer(nordwerk, provider)
    client = Client(raise_request_exception=False)
    assert post(client, voltara, "/accounts/oidc/corp/login/").status_code == 404
    assert "Corp" not in get(client, voltara, "/accounts/login/").content.decode()
    assert "Corp" in get(client, nordwerk, "/accounts/login/").content.decode()


def test_the_secret_goes_in_and_never_out(voltara: Net, provider: Provider) -> None:
    row = offer(voltara, provider)
    assert SECRET not in row.secret
    assert unseal(row.secret) == SECRET
    admin = visit(voltara, "administrator")
    page = admin.text(row_path(row))
    assert SECRET not in page
    assert row.secret not in page
    values = {"name": "Corp", "issuer": provider.issuer, "client_id": "client", "is_enabled": "on"}
    assert admin.post(row_path(row), {**values, "secret": ""}).status_code == 302
    with network_context(voltara.network):
        assert unseal(IdentityProvider.objects.get().secret) == SECRET
    assert admin.post(row_path(row), {**values, "secret": "another"}).status_code == 302
    with network_context(voltara.network):
        assert unseal(IdentityProvider.objects.get().secret) == "another"
    history = admin.text(row_path(row).replace("change", "history"))
    assert "another" not in history
    for name in ("auditor", "zone_north"):
        assert visit(voltara, name).post(row_path(row), values).status_code == 403


def test_only_the_administrator_configures_and_only_public_https(voltara: Net, settings: Any) -> None:
    facts = {"slug": "x", "name": "X", "client_id": "c", "secret": "s", "at": NOW}
    with network_context(voltara.network):
        with pytest.raises(NotAllowed):
            add_identity_provider(**facts, issuer="https://a.example", actor=voltara.actor("auditor"))
        settings.OIDC_PRIVATE_ADDRESSES = False
        with pytest.raises(Invalid):
            add_identity_provider(**facts, issuer="http://a.example", actor=voltara.actor("administrator"))
    for url in (
        "http://example.org/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://localhost/",
    ):
        with pytest.raises(ForbiddenAddress):
            check_address(url)
