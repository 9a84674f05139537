"""The frame of every page: who sees it, what it says, what it promises in its headers."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dnm.accounts.models import Membership, User
from dnm.accounts.models.memberships import MembershipState
from dnm.accounts.tenancy import network_context
from tests.web.pages import Reader, statements, text_of
from tests.world import PASSWORD, Net, add_person

PATHS = ["/", "/leads/", "/offers/", "/partners/", "/search/?q=voltara", "/gallery/", "/accounts/2fa/"]


def test_logging_in_by_the_page(client: Client, voltara: Net) -> None:
    values = {"login": "sales_a@voltara.example", "password": PASSWORD}
    answer = client.post("/accounts/login/", values, headers={"host": voltara.host})
    assert answer.status_code == 302
    assert client.get("/", headers={"host": voltara.host}).status_code == 200


def test_strangers_go_to_the_login(voltara: Net) -> None:
    answer = Reader(voltara).get("/leads/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/leads/")


def test_a_session_opens_only_its_own_network(voltara: Net, nordwerk: Net) -> None:
    reader = Reader(voltara, "sales_a")
    reader.net = nordwerk
    assert reader.get("/").status_code == 302


def test_a_locked_member_is_told_so(voltara: Net) -> None:
    reader = Reader(voltara, "sales_a")
    with network_context(voltara.network):
        Membership.objects.filter(pk=voltara.members["sales_a"].pk).update(state=MembershipState.LOCKED)
    answer = reader.get("/")
    assert answer.status_code == 403
    assert "You are no member of Voltara" in text_of(answer)


def test_person_partner_role_and_place_are_in_sight(voltara: Net) -> None:
    text = text_of(Reader(voltara, "sales_a").get("/"))
    assert "Voltara sales_a Voltara dealer_a · Sales · Voltara north_a" in text
    text = text_of(Reader(voltara, "zone_north").get("/"))
    assert "Voltara zone_north Voltara · Zone manager · Voltara north" in text


@pytest.mark.parametrize("path", PATHS)
def test_pages_run_under_a_strict_policy(voltara: Net, path: str) -> None:
    answer = Reader(voltara, "administrator").get(path)
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    body = answer.content.decode()
    assert len(re.findall("<h1", body)) == 1
    assert not re.search(r"""<[^>]+\s(style|on\w+)=["']""", body)
    assert not re.search(r"<script(?![^>]*\ssrc=)", body)
    assert "{{" not in body
    assert "{%" not in body


@pytest.mark.parametrize("scheme", ["light", "dark", "system"])
def test_the_colour_scheme_is_kept_with_the_person(voltara: Net, scheme: str) -> None:
    reader = Reader(voltara, "sales_a")
    answer = reader.post("/appearance/", {"scheme": scheme, "next": "/leads/"})
    assert (answer.status_code, answer["Location"]) == (302, "/leads/")
    assert User.objects.get(email="sales_a@voltara.example").colour_scheme == scheme
    assert f'data-bs-theme="{scheme}"' in reader.get("/").content.decode()


def test_before_the_login_the_cookie_tells_the_scheme(voltara: Net) -> None:
    reader = Reader(voltara)
    reader.post("/appearance/", {"scheme": "dark"})
    assert 'data-bs-theme="dark"' in reader.get("/accounts/login/").content.decode()


def test_appearance_leads_nowhere_else(voltara: Net) -> None:
    answer = Reader(voltara).post("/appearance/", {"scheme": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_language_and_direction_are_on_the_document(voltara: Net) -> None:
    body = Reader(voltara).get("/accounts/login/", **{"accept-language": "en"}).content.decode()
    assert '<html lang="en" dir="ltr"' in body


def test_the_stylesheet_of_the_network_is_cacheable(voltara: Net, nordwerk: Net) -> None:
    accent = voltara.network.accent[1:]
    answer = Reader(voltara).get(f"/theme.css?accent={accent}")
    assert "immutable" in answer["Cache-Control"]
    assert f"--tblr-primary:#{accent}" in answer.content.decode()
    assert "immutable" not in Reader(voltara).get("/theme.css?accent=000000")["Cache-Control"]


@pytest.mark.parametrize("name", ["sales_a", "zone_north", "administrator", "nobody"])
@pytest.mark.parametrize("path", ["/", "/leads/", "/offers/", "/partners/"])
def test_query_budget(voltara: Net, name: str, path: str) -> None:
    voltara.offered()
    reader = Reader(voltara, name)
    reader.get(path)
    with CaptureQueriesContext(connection) as asked:
        reader.get(path)
    assert len(statements(asked)) <= 12


def test_the_switcher_names_the_other_networks_of_the_person(voltara: Net, nordwerk: Net) -> None:
    user = User.objects.get(email="sales_a@voltara.example")
    with network_context(nordwerk.network):
        Membership.objects.create(network=nordwerk.network, user=user)
    body = Reader(voltara, "sales_a").get("/").content.decode()
    assert f'action="/switch/{nordwerk.network.uid}/"' in body
    assert "nordwerk" not in Reader(voltara, "sales_b").get("/").content.decode().lower()


def test_search_finds_what_is_in_sight(voltara: Net, nordwerk: Net) -> None:
    lead = voltara.accepted()
    words = "?q=" + lead.name.replace(" ", "+")
    assert str(lead.uid) in Reader(voltara, "sales_a").get(f"/search/{words}").content.decode()
    assert str(lead.uid) not in Reader(voltara, "sales_b").get(f"/search/{words}").content.decode()
    assert str(lead.uid) not in Reader(nordwerk, "sales_a").get(f"/search/{words}").content.decode()


def test_search_by_name_finds_nothing_that_the_mask_hides(voltara: Net) -> None:
    lead = voltara.accepted()
    answer = Reader(voltara, "auditor").get("/search/?q=" + lead.name.replace(" ", "+"))
    assert str(lead.uid) not in answer.content.decode()


def test_search_in_place_is_a_region(voltara: Net) -> None:
    headers = {"HX-Request": "true"}
    body = Reader(voltara, "administrator").get("/search/?q=dealer_a", **headers).content.decode()
    assert "<html" not in body
    assert "Voltara dealer_a" in body


def test_a_member_without_a_role_has_a_calm_home(voltara: Net) -> None:
    with network_context(voltara.network):
        add_person(voltara, "newcomer", "dealer_b")
    assert "Nothing needs you right now" in text_of(Reader(voltara, "newcomer").get("/"))


def test_home_puts_the_most_urgent_first(voltara: Net) -> None:
    voltara.offered(message="the first")
    voltara.offered(message="the second")
    text = text_of(Reader(voltara, "sales_a").get("/"))
    assert "2 things need you" in text
    assert text.index("the first") < text.index("the second")
