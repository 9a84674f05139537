"""A network's login policy: second factors by role, length of sessions, ways in, passwords."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from dnm.accounts.models import User
from dnm.accounts.tenancy import network_context
from dnm.notifications.live.door import Refused, admit
from dnm.scoping.errors import Invalid, NotAllowed
from partners.domain.login import update_login_policy
from tests.login.people import both, browser, get, post, rules
from tests.world import NOW, PASSWORD, Net

HOUR = 3600


def code_for(secret: str) -> str:
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


def test_a_role_that_needs_a_second_factor_opens_only_the_page_to_set_it_up(voltara: Net) -> None:
    user = voltara.members["sales_a"].user
    client = browser(voltara, user)
    assert get(client, voltara, "/leads/").status_code == 200
    rules(voltara, mfa_roles=["sales"])
    for path in ("/", "/leads/", "/partners/", "/inbox/", "/admin/", "/accounts/password/change/"):
        answer = get(client, voltara, path)
        assert (answer.status_code, answer["Location"]) == (302, "/security/"), path
    answer = get(client, voltara, "/api/v1/leads/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-needed")
    page = get(client, voltara, "/security/")
    assert page.status_code == 200
    assert "asks for a second factor" in page.content.decode()
    assert "Voltara dealer_a" not in page.content.decode()
    other = browser(voltara, voltara.members["owner_a"].user)
    assert get(other, voltara, "/leads/").status_code == 200


def test_the_stream_is_shut_as_well(voltara: Net) -> None:
    client = browser(voltara, voltara.members["sales_a"].user)
    scope = _scope(voltara, client)
    assert admit(scope).membership_id == voltara.members["sales_a"].pk
    rules(voltara, mfa_roles=["sales"])
    with pytest.raises(Refused):
        admit(scope)
    rules(voltara, mfa_roles=[], allowed_methods=["passkey"])
    with pytest.raises(Refused):
        admit(scope)


def _scope(net: Net, client: Client) -> dict[str, Any]:
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [(b"host", net.host.encode()), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "GET", "path": "/events/", "query_string": b"", "headers": headers}


def test_setting_up_an_app_opens_everything_and_its_secret_is_sealed(voltara: Net) -> None:
    rules(voltara, mfa_roles=["sales"])
    user = voltara.members["sales_a"].user
    client = browser(voltara, user)
    asked = get(client, voltara, "/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    post(client, voltara, "/accounts/reauthenticate/", {"password": PASSWORD})
    page = get(client, voltara, "/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert post(client, voltara, "/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert get(client, voltara, "/leads/").status_code == 302
    answer = post(client, voltara, "/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer.status_code == 302
    assert get(client, voltara, "/leads/").status_code == 200
    assert secret not in str(Authenticator.objects.get(user=user, type="totp").data)
    fresh = browser(voltara, user)
    assert get(fresh, voltara, "/leads/").status_code == 302


def test_a_login_with_a_second_factor_satisfies_the_network(voltara: Net) -> None:
    user = voltara.members["sales_a"].user
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    rules(voltara, mfa_roles=["sales"])
    client = Client()
    answer = post(client, voltara, "/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert get(client, voltara, "/leads/").status_code == 302
    post(client, voltara, "/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert get(client, voltara, "/leads/").status_code == 200


def test_somebody_elses_factor_in_the_session_counts_for_nothing(voltara: Net) -> None:
    rules(voltara, mfa_roles=["sales"])
    user, other = voltara.members["sales_a"].user, voltara.members["sales_b"].user
    records = {"account_authentication_methods": [{"method": "mfa"}]}
    for words in (
        {"factor": other.pk},
        {**records, "account_authentication_methods_user": str(other.pk)},
    ):
        assert get(browser(voltara, user, **words), voltara, "/leads/").status_code == 302
    good = {**records, "account_authentication_methods_user": str(user.pk)}
    assert get(browser(voltara, user, **good), voltara, "/leads/").status_code == 200


@pytest.mark.parametrize(
    ("began", "seen", "stays"), [(1, 1, True), (5, 3, False), (30, 1, False), (5, 1, True)]
)
def test_sessions_end_by_idleness_and_by_age(voltara: Net, began: int, seen: int, stays: bool) -> None:
    rules(voltara, idle_hours=2, absolute_hours=24)
    now = time.time()
    words = {"began": now - began * HOUR, "seen": now - seen * HOUR}
    client = browser(voltara, voltara.members["sales_a"].user, **words)
    answer = get(client, voltara, "/leads/")
    assert answer.status_code == (200 if stays else 302)
    again = get(client, voltara, "/leads/")
    assert again.status_code == (200 if stays else 302)
    if not stays:
        assert "/accounts/login/" in answer["Location"]


def test_ways_in_are_those_that_the_network_allows(voltara: Net, nordwerk: Net) -> None:
    user = both(voltara, nordwerk)
    rules(voltara, allowed_methods=["passkey"])
    login = {"login": user.email, "password": PASSWORD}
    client = Client()
    answer = post(client, voltara, "/accounts/login/", login)
    assert answer.status_code == 200
    assert "does not let people in this way" in answer.content.decode()
    wrong = post(Client(), voltara, "/accounts/login/", {**login, "password": "wrong"})
    assert "does not let people in this way" in wrong.content.decode(), "no word on whether it was right"
    post(client, voltara, "/accounts/login/code/", {"email": user.email})
    assert not mail.outbox
    assert get(client, voltara, "/leads/").status_code == 302
    page = get(client, voltara, "/accounts/login/").content.decode()
    assert "Log in with a passkey" in page
    assert 'name="password"' not in page
    assert post(client, nordwerk, "/accounts/login/", login)["Location"] == "/"
    assert get(browser(voltara, user), voltara, "/leads/").status_code == 302, "a session of a closed way"


def test_a_code_by_mail_logs_in(voltara: Net) -> None:
    user = voltara.members["sales_a"].user
    client = Client()
    post(client, voltara, "/accounts/login/code/", {"email": user.email})
    assert mail.outbox[-1].subject.startswith("[Voltara]")
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    assert code in mail.outbox[-1].body
    assert post(client, voltara, "/accounts/login/code/confirm/", {"code": code}).status_code == 302
    assert get(client, voltara, "/leads/").status_code == 200
    assert client.session["method"] == "code"


def test_the_strictest_network_decides_how_long_a_password_is(voltara: Net, nordwerk: Net) -> None:
    user = both(voltara, nordwerk)
    rules(nordwerk, password_length=20)
    client = browser(voltara, user)
    change = {"oldpassword": PASSWORD, "password1": "pear lamp river 7", "password2": "pear lamp river 7"}
    answer = post(client, voltara, "/accounts/password/change/", change)
    assert "at least 20 characters" in answer.content.decode()
    long = "pear lamp river 7 stone"
    answer = post(
        client, voltara, "/accounts/password/change/", {**change, "password1": long, "password2": long}
    )
    assert answer.status_code == 302
    assert User.objects.get(pk=user.pk).check_password(long)


def test_only_the_administrator_changes_the_policy_and_shuts_not_every_way_in(voltara: Net) -> None:
    with network_context(voltara.network):
        for name in ("auditor", "zone_north", "owner_a"):
            with pytest.raises(NotAllowed):
                update_login_policy(changes={"idle_hours": 1}, actor=voltara.actor(name), at=NOW)
        boss = voltara.actor("administrator")
        refused: list[dict[str, Any]] = [
            {"allowed_methods": []},
            {"allowed_methods": ["magic"]},
            {"mfa_roles": ["emperor"]},
            {"password_length": 8},
            {"idle_hours": 500},
        ]
        for changes in refused:
            with pytest.raises(Invalid):
                update_login_policy(changes=changes, actor=boss, at=NOW)
        assert update_login_policy(changes={"idle_hours": 4}, actor=boss, at=NOW).idle_hours == 4
