"""The switcher: a hand-over works once, for half a minute, on one host, under the other network's policy."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import HandOver, User
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from partners.domain.people import lock_member, remove_member
from tests.login.people import both, browser, get, post, rules
from tests.world import Net

Worlds = tuple[Net, Net]


@pytest.fixture
def jo(voltara: Net, nordwerk: Net) -> User:
    return both(voltara, nordwerk)


def leave(client: Client, net: Net, to: Net) -> str:
    """Press the switcher's button and read the form that leads over."""
    answer = post(client, net, f"/switch/{to.network.uid}/")
    assert answer.status_code == 200, answer.content.decode()[:300]
    assert f"form-action 'self' http://{to.host}" in answer["Content-Security-Policy"]
    assert f'action="http://{to.host}/hand-over/"' in answer.content.decode()
    return str(answer.context["secret"])


def arrive(client: Client, net: Net, secret: str, origin: str = "", **data: Any) -> Any:
    return post(client, net, "/hand-over/", {"secret": secret, **data}, origin=origin)


def test_one_session_leads_to_the_other_network(voltara: Net, nordwerk: Net, jo: User) -> None:
    here = browser(voltara, jo)
    secret = leave(here, voltara, nordwerk)
    there = Client()
    answer = arrive(there, nordwerk, secret, f"http://{voltara.host}", next="/leads/")
    assert (answer.status_code, answer["Location"]) == (302, "/leads/")
    assert get(there, nordwerk, "/leads/").status_code == 200
    assert get(there, voltara, "/leads/").status_code == 302, "the new session is of that host only"
    assert get(here, nordwerk, "/leads/").status_code == 302, "and the old one of this"
    with network_context(nordwerk.network):
        assert Event.objects.filter(kind="web.came_over").count() == 1
        assert secret not in str(list(HandOver.objects.values()))
    with network_context(voltara.network):
        assert not HandOver.objects.exists()


def test_it_works_once(voltara: Net, nordwerk: Net, jo: User) -> None:
    secret = leave(browser(voltara, jo), voltara, nordwerk)
    origin = f"http://{voltara.host}"
    assert arrive(Client(), nordwerk, secret, origin).status_code == 302
    assert arrive(Client(), nordwerk, secret, origin).status_code == 403


def test_it_is_for_one_host_and_from_one_host(voltara: Net, nordwerk: Net, jo: User) -> None:
    here = browser(voltara, jo)
    origin = f"http://{voltara.host}"
    secret = leave(here, voltara, nordwerk)
    assert arrive(Client(), voltara, secret, origin).status_code == 403
    for stranger in ("", "null", "http://evil.example", f"http://{nordwerk.host}", f"{origin}.evil.example"):
        assert arrive(Client(), nordwerk, secret, stranger).status_code == 403, stranger
    assert arrive(Client(), nordwerk, secret, origin).status_code == 302
    assert Client().get(f"/hand-over/?secret={secret}", headers={"host": nordwerk.host}).status_code == 405


def test_it_is_late_after_half_a_minute(voltara: Net, nordwerk: Net, jo: User) -> None:
    secret = leave(browser(voltara, jo), voltara, nordwerk)
    with network_context(nordwerk.network):
        row = HandOver.objects.get()
        assert row.expires_at - row.created_at == timedelta(seconds=30)
        past = timezone.now() - timedelta(seconds=31)
        HandOver.objects.update(created_at=past, expires_at=past + timedelta(seconds=30))
    assert arrive(Client(), nordwerk, secret, f"http://{voltara.host}").status_code == 403


def test_the_other_networks_policy_decides(voltara: Net, nordwerk: Net, jo: User) -> None:
    origin = f"http://{voltara.host}"
    rules(nordwerk, allowed_methods=["passkey"])
    assert (
        arrive(Client(), nordwerk, leave(browser(voltara, jo), voltara, nordwerk), origin).status_code == 403
    )
    rules(nordwerk, allowed_methods=["password"], mfa_roles=["sales"])
    there = Client()
    assert arrive(there, nordwerk, leave(browser(voltara, jo), voltara, nordwerk), origin).status_code == 302
    assert get(there, nordwerk, "/leads/")["Location"] == "/security/"
    with_factor = browser(voltara, jo, factor=jo.pk)
    there = Client()
    assert arrive(there, nordwerk, leave(with_factor, voltara, nordwerk), origin).status_code == 302
    assert get(there, nordwerk, "/leads/").status_code == 200


def test_a_providers_session_leads_nowhere(voltara: Net, nordwerk: Net, jo: User) -> None:
    foreign = browser(voltara, jo, method="oidc")
    assert post(foreign, voltara, f"/switch/{nordwerk.network.uid}/").status_code == 404
    assert "Nordwerk" not in get(foreign, voltara, "/").content.decode()
    assert "Nordwerk" not in get(foreign, voltara, "/inbox/").content.decode()


@pytest.mark.parametrize("verb", [lock_member, remove_member])
def test_who_is_locked_or_removed_there_comes_not_over_and_is_out_at_once(
    voltara: Net, nordwerk: Net, jo: User, verb: Any
) -> None:
    here = browser(voltara, jo)
    origin = f"http://{voltara.host}"
    there = Client()
    arrive(there, nordwerk, leave(here, voltara, nordwerk), origin)
    assert get(there, nordwerk, "/leads/").status_code == 200
    late = leave(here, voltara, nordwerk)
    with network_context(nordwerk.network):
        verb(membership=nordwerk.members["jo"], actor=nordwerk.system, at=timezone.now())
    assert arrive(Client(), nordwerk, late, origin).status_code == 403
    for path, status in (("/leads/", 403), ("/api/v1/leads/", 401)):
        assert get(there, nordwerk, path).status_code == status
    assert post(here, voltara, f"/switch/{nordwerk.network.uid}/").status_code == 404
    assert get(here, voltara, "/leads/").status_code == 200


def test_leaving_needs_the_forms_token_and_a_membership_there(voltara: Net, nordwerk: Net, jo: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser(voltara, jo).cookies
    assert post(strict, voltara, f"/switch/{nordwerk.network.uid}/").status_code == 403
    stranger = browser(voltara, voltara.members["sales_a"].user)
    assert post(stranger, voltara, f"/switch/{nordwerk.network.uid}/").status_code == 404
    assert post(stranger, voltara, f"/switch/{voltara.network.uid}/").status_code == 404


@pytest.mark.parametrize(
    "path", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "leads/"]
)
def test_the_way_over_ends_inside(voltara: Net, nordwerk: Net, jo: User, path: str) -> None:
    secret = leave(browser(voltara, jo), voltara, nordwerk)
    answer = arrive(Client(), nordwerk, secret, f"http://{voltara.host}", next=path)
    assert answer["Location"] == "/"


def test_the_inbox_asks_network_by_network(voltara: Net, nordwerk: Net, jo: User) -> None:
    now = timezone.now()
    voltara.offered(at=now)
    nordwerk.offered(at=now)
    client = browser(voltara, jo)
    text = get(client, voltara, "/inbox/").content.decode()
    assert "Voltara pumps" in text
    assert "Nordwerk pumps" in text
    assert text.count("1 thing") == 2
    rules(nordwerk, mfa_roles=["sales"])
    text = get(client, voltara, "/inbox/").content.decode()
    assert "Nordwerk pumps" not in text
    assert "second factor" in text
    assert "Nordwerk pumps" not in get(client, voltara, "/").content.decode()
