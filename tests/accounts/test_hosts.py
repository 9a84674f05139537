"""Which host names are answered: those of the settings and every network's own, and nothing made up."""

import re
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core import mail
from django.test import Client

from dnm.accounts import hosts
from dnm.accounts.models import Network, NetworkDomain
from dnm.accounts.tenancy import network_context
from dnm.notifications.live.door import Refused, admit
from tests.signing_in import sign_in
from tests.world import Net

OWN = "partners.voltara.example"
EVIL = ["evil.example", f"{OWN}.evil.example", f"x{OWN}", "voltara.localhost.evil.example", "testserver.evil"]
MALFORMED = ["", "partners.voltara.example@evil.example", "a b", "voltara.localhost/evil", "évil.localhost"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    hosts._remembered.clear()


@pytest.fixture
def own(voltara: Net) -> NetworkDomain:
    with network_context(voltara.network):
        return NetworkDomain.objects.create(network=voltara.network, host=OWN)


def get(host: str, path: str = "/accounts/login/", **extra: Any) -> Any:
    return Client().get(path, HTTP_HOST=host, **extra)


def test_a_domain_of_the_networks_own_needs_no_setting(voltara: Net, own: NetworkDomain) -> None:
    assert OWN not in live_settings.ANSWERED_HOSTS
    for host in (OWN, OWN.upper(), f"{OWN}:8000", f"{OWN}."):
        answer = get(host)
        assert answer.status_code == 200, host
        assert "Voltara" in answer.content.decode()


def test_a_new_domain_works_at_once_and_one_taken_away_leads_nowhere_at_once(voltara: Net) -> None:
    assert get(OWN).status_code == 400
    with network_context(voltara.network):
        NetworkDomain.objects.create(network=voltara.network, host=OWN)
    assert get(OWN).status_code == 200
    with network_context(voltara.network):
        NetworkDomain.objects.all().delete()
    assert get(OWN).status_code == 404, "remembered as a name of ours, but of no network"
    hosts._remembered[OWN] = 0.0
    assert get(OWN).status_code == 400


def test_what_is_remembered_is_never_the_network(voltara: Net, nordwerk: Net, own: NetworkDomain) -> None:
    """A domain that passes to another network shows that one with the next request."""
    assert "Voltara" in get(OWN).content.decode()
    with network_context(voltara.network):
        NetworkDomain.objects.all().delete()
    with network_context(nordwerk.network):
        NetworkDomain.objects.create(network=nordwerk.network, host=OWN)
    page = get(OWN).content.decode()
    assert "Nordwerk" in page
    assert "Voltara" not in page


def test_remembering_saves_the_question_and_inventions_are_not_remembered(
    own: NetworkDomain, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert hosts.is_answered(OWN)
        assert hosts.is_answered(OWN)
    for host in EVIL:
        assert not hosts.is_answered(host)
    assert set(hosts._remembered) == {OWN}


@pytest.mark.parametrize("host", [*EVIL, *MALFORMED])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/healthz", "/api/v1/leads/", "/static/x.css"])
def test_a_name_that_somebody_made_up_is_refused_everywhere(
    own: NetworkDomain, settings: Any, host: str, path: str
) -> None:
    for redirected in (False, True):
        settings.SECURE_SSL_REDIRECT = redirected
        answer = get(host, path)
        assert answer.status_code == 400
        assert "Location" not in answer
        assert b"evil" not in answer.content
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_no_other_header_names_the_host(own: NetworkDomain, header: str) -> None:
    answer = Client().get("/accounts/login/", headers={"host": OWN, header: "evil.example"})
    assert answer.status_code == 200
    assert b"evil" not in answer.content


def test_names_below_the_base_domain_without_a_network_are_404(own: NetworkDomain) -> None:
    assert get("stranger.localhost").status_code == 404


def test_the_check_stands_before_everything_else() -> None:
    assert live_settings.MIDDLEWARE[0] == "dnm.accounts.middleware.HostMiddleware"
    assert "*" not in live_settings.ANSWERED_HOSTS


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"https://{OWN}", 302),
        ("https://voltara.localhost", 403),
        ("https://nordwerk.localhost", 403),
        (f"http://{OWN}", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ],
)
def test_forms_are_taken_from_the_host_itself_only(
    voltara: Net, own: NetworkDomain, settings: Any, origin: str, status: int
) -> None:
    """Behind a proxy that ends TLS, as in production."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = sign_in(Client(enforce_csrf_checks=True), voltara, "sales_a")
    tls = {"host": OWN, "x-forwarded-proto": "https"}
    page = client.get("/accounts/logout/", headers=tls)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token
    answer = client.post(
        "/accounts/logout/", {"csrfmiddlewaretoken": token[1]}, headers={**tls, "origin": origin}
    )
    assert answer.status_code == status


def test_cookies_belong_to_the_one_host(voltara: Net, own: NetworkDomain, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    tls = {"host": OWN, "x-forwarded-proto": "https"}
    login = {"login": f"sales_a@{voltara.network.slug}.example", "password": "password"}
    with network_context(voltara.network):
        user = voltara.members["sales_a"].user
        user.set_password("password")
        user.save()
    client.get("/accounts/login/", headers=tls)
    answer = client.post("/accounts/login/", login, headers=tls)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    for name in (live_settings.SESSION_COOKIE_NAME, live_settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["domain"] == ""
        assert cookie["secure"] is True
        assert cookie["samesite"] == "Lax"


def test_mails_tell_the_first_domain_whichever_host_was_asked(voltara: Net, own: NetworkDomain) -> None:
    with network_context(voltara.network):
        NetworkDomain.objects.create(network=voltara.network, host="second.voltara.example")
        network = Network.objects.get(pk=voltara.network.pk)
        assert network.address("/x/") == live_settings.PORTAL_ADDRESS.format(host=OWN) + "/x/"
    for host in (voltara.host, "second.voltara.example"):
        mail.outbox.clear()
        asked = {"email": f"sales_a@{voltara.network.slug}.example"}
        Client().post("/accounts/password/reset/", asked, headers={"host": host})
        (sent,) = mail.outbox
        links = re.findall(r"https?://\S+", sent.body)
        assert links
        assert all(link.startswith(network.address("/accounts/")) for link in links), links


@pytest.mark.parametrize(("host", "status"), [(OWN, 401), ("evil.example", 400), ("stranger.localhost", 404)])
def test_the_live_channel_asks_the_same_check(own: NetworkDomain, host: str, status: int) -> None:
    scope = {"method": "GET", "path": "/events/", "headers": [(b"host", host.encode())], "query_string": b""}
    with pytest.raises(Refused) as refused:
        admit(scope)
    assert refused.value.status == status
