"""Who gets in: tokens, sessions, and how the others are told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import ApiToken, Membership
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from tests.api.calling import ENQUIRY, Caller, assert_problem
from tests.world import PASSWORD, Net

ME = "/api/v1/me/"


def refused(client: Client, net: Net, secret: str) -> None:
    answer = client.get(ME, headers={"host": net.host, "authorization": f"Bearer {secret}"})
    assert_problem(answer, 401, "token-invalid")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_token_opens_its_own_network_only(client: Client, voltara: Net, nordwerk: Net) -> None:
    answer = client.get(ME, headers=voltara.bearer("sales_a"))
    assert answer.status_code == 200
    assert answer.json()["network"]["slug"] == "voltara"
    refused(client, nordwerk, voltara.secrets["sales_a"])
    refused(client, voltara, nordwerk.secrets["sales_a"])


def test_a_stranger_is_401_with_a_challenge(client: Client, voltara: Net) -> None:
    for address in (ME, "/api/v1/leads/", "/api/v1/leads/00000000-0000-7000-8000-000000000000/"):
        answer = client.get(address, headers={"host": voltara.host})
        assert_problem(answer, 401, "not-authenticated")
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "credentials", ["Bearer", "Bearer a b", "Bearer dnm_wrong", "Bearer dnm_\xe9", "bearer x"]
)
def test_strange_credentials_are_401(client: Client, voltara: Net, credentials: str) -> None:
    answer = client.get(ME, headers={"host": voltara.host, "authorization": credentials})
    assert_problem(answer, 401, "token-invalid")


def test_revoked_expired_and_locked_end_with_the_next_request(client: Client, voltara: Net) -> None:
    now = timezone.now()
    with network_context(voltara.network):
        mine = {
            name: ApiToken.objects.filter(membership=voltara.members[name]) for name in ("sales_a", "sales_b")
        }
        mine["sales_a"].update(revoked_at=now)
        mine["sales_b"].update(expires_at=now - timedelta(seconds=1))
        Membership.objects.filter(pk=voltara.members["sales_c"].pk).update(state=MembershipState.LOCKED)
    for name in ("sales_a", "sales_b", "sales_c"):
        refused(client, voltara, voltara.secrets[name])
    assert client.get(ME, headers=voltara.bearer("owner_a")).status_code == 200


def test_last_use_is_noted_once_a_minute(client: Client, voltara: Net) -> None:
    def last_used() -> object:
        with network_context(voltara.network):
            return ApiToken.objects.get(membership=voltara.members["sales_a"]).last_used_at

    with time_machine.travel("2026-11-23T06:00:00Z", tick=False) as clock:
        client.get(ME, headers=voltara.bearer("sales_a"))
        first = last_used()
        assert first == timezone.now()
        clock.shift(59)
        client.get(ME, headers=voltara.bearer("sales_a"))
        assert last_used() == first
        clock.shift(2)
        client.get(ME, headers=voltara.bearer("sales_a"))
        assert last_used() == timezone.now()


def test_a_session_reads_and_writes_with_its_csrf_token_only(voltara: Net) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    host = {"host": voltara.host}
    browser.get("/accounts/login/", headers=host)
    login = {"login": "administrator@voltara.example", "password": PASSWORD}
    token = browser.cookies["dnm_csrf"].value
    assert (
        browser.post("/accounts/login/", login | {"csrfmiddlewaretoken": token}, headers=host).status_code
        == 302
    )
    assert browser.get(ME, headers=host).json()["user"]["email"] == "administrator@voltara.example"
    refusal = browser.post("/api/v1/leads/", ENQUIRY, content_type="application/json", headers=host)
    assert_problem(refusal, 403, "permission-denied")
    with_token = host | {"x-csrftoken": browser.cookies["dnm_csrf"].value}
    made = browser.post("/api/v1/leads/", ENQUIRY, content_type="application/json", headers=with_token)
    assert made.status_code == 201, made.content.decode()


def test_a_session_holds_on_its_own_host_only(client: Client, voltara: Net, nordwerk: Net) -> None:
    client.post(
        "/accounts/login/",
        {"login": "sales_a@voltara.example", "password": PASSWORD},
        headers={"host": voltara.host},
    )
    assert client.get(ME, headers={"host": voltara.host}).status_code == 200
    assert_problem(client.get(ME, headers={"host": nordwerk.host}), 401, "not-authenticated")


def test_a_member_without_roles_gets_in_and_sees_nothing(
    caller: Callable[[str], Caller], voltara: Net
) -> None:
    voltara.accepted()
    nobody = caller("nobody")
    me = nobody.get("me/").json()
    assert (me["roles"], me["capabilities"]) == ([], [])
    assert nobody.get("leads/").json()["results"] == []


def test_me_says_who_where_and_what(caller: Callable[[str], Caller], voltara: Net) -> None:
    me = caller("sales_a").get("me/").json()
    assert me["user"] == {
        "id": str(voltara.members["sales_a"].user.uid),
        "email": "sales_a@voltara.example",
        "name": "Voltara sales_a",
    }
    assert me["network"]["currency"] == "INR"
    assert me["membership"] == str(voltara.members["sales_a"].uid)
    dealer = voltara.partners["dealer_a"]
    assert me["partner"] == {"id": str(dealer.uid), "name": "Voltara dealer_a"}
    assert me["roles"] == [
        {
            "role": "sales",
            "node": {"kind": "partner", "id": str(dealer.uid), "name": "Voltara dealer_a"},
            "within": None,
            "product_lines": None,
            "valid_to": None,
        }
    ]
    assert "leads.answer_offer" in me["capabilities"]
    assert "leads.manage_desk" not in me["capabilities"]
    zone = caller("zone_north").get("me/").json()
    assert zone["roles"][0]["node"]["kind"] == "territory"
