"""Pages of partners, territories and people, as members see them."""

from typing import Any

import pytest
from django.test import Client

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from partners.models import Partner
from partners.states import PartnerState
from tests.world import Net

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOST_QUERIES = 14
"""Twelve of the page itself; the test's own transaction adds a savepoint and its release."""


@pytest.fixture
def visit(client: Client) -> Any:
    """Log in as a member of a network and ask for a page of its host."""

    def go(net: Net, name: str, path: str, data: dict[str, Any] | None = None) -> Any:
        client.force_login(net.members[name].user, backend=BACKEND)
        session = client.session
        session["network"] = net.network.pk
        session.save()
        ask = client.get if data is None else client.post
        return ask(path, data or {}, headers={"host": net.host})

    return go


def test_a_dealer_lists_itself_and_its_downstream_only(voltara: Net, visit: Any) -> None:
    text = visit(voltara, "owner_a", "/partners/").content.decode()
    assert "Voltara dealer_a" in text
    assert "Voltara retailer_a" in text
    for rival in ("Voltara dealer_b", "Voltara dealer_c", "Voltara distributor", "Nordwerk"):
        assert rival not in text


@pytest.mark.parametrize("name", ["owner_a", "owner_north", "zone_north", "administrator"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    voltara: Net, visit: Any, client: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    visit(voltara, name, "/partners/")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get("/partners/", headers={"host": voltara.host}).status_code == 200


@pytest.mark.parametrize("path", ["", "suspend/", "people/new/"])
def test_a_rival_is_not_found(voltara: Net, visit: Any, path: str) -> None:
    rival = voltara.partners["dealer_b"]
    assert visit(voltara, "owner_a", f"/partners/{rival.uid}/{path}").status_code == 404


def test_facts_of_another_zone_are_not_found(voltara: Net, visit: Any) -> None:
    dealer = voltara.partners["dealer_c"]
    assert visit(voltara, "zone_north", f"/partners/{dealer.uid}/edit/").status_code == 404
    assert visit(voltara, "zone_south", f"/partners/{dealer.uid}/edit/").status_code == 200


def test_suspending_needs_the_capability_and_a_reason(voltara: Net, visit: Any) -> None:
    dealer = voltara.partners["dealer_a"]
    url = f"/partners/{dealer.uid}/suspend/"
    assert visit(voltara, "owner_a", url, {"reason": "because"}).status_code == 403
    assert visit(voltara, "zone_south", url, {"reason": "because"}).status_code == 404
    assert visit(voltara, "zone_north", url, {"reason": ""}).status_code == 422
    assert visit(voltara, "zone_north", url, {"reason": "invoices unpaid"}).status_code == 302
    with network_context(voltara.network):
        assert Partner.objects.get(pk=dealer.pk).state == PartnerState.SUSPENDED
        event = Event.objects.about(dealer).first()
        assert event is not None
        assert (event.payload["reason"], event.actor_name) == ("invoices unpaid", "Voltara zone_north")


def test_changing_facts_writes_what_changed(voltara: Net, visit: Any) -> None:
    dealer = voltara.partners["dealer_a"]
    url = f"/partners/{dealer.uid}/edit/"
    assert visit(voltara, "administrator", url).status_code == 200
    values = {
        "trade_name": "Voltara renamed",
        "kind": dealer.kind,
        "territory": voltara.territories["north_a"].uid,
        "latitude": dealer.latitude,
        "longitude": dealer.longitude,
        "product_lines": [line.uid for line in voltara.lines.values()],
        "capacity": dealer.capacity,
    }
    assert visit(voltara, "administrator", url, values).status_code == 302
    with network_context(voltara.network):
        assert Partner.objects.get(pk=dealer.pk).trade_name == "Voltara renamed"
        assert Event.objects.about(dealer).first().payload["fields"] == ["trade_name"]
    assert visit(voltara, "administrator", url, {**values, "latitude": 95}).status_code == 422


def test_entering_a_partner(voltara: Net, visit: Any) -> None:
    values = {
        "code": "N1",
        "trade_name": "Voltara new",
        "kind": "dealer",
        "parent": voltara.partners["distributor_north"].uid,
        "territory": voltara.territories["north_a"].uid,
        "state": "live",
    }
    assert visit(voltara, "owner_north", "/partners/new/", values).status_code == 403
    assert visit(voltara, "administrator", "/partners/new/", values).status_code == 302
    again = visit(voltara, "administrator", "/partners/new/", values)
    assert again.status_code == 409
    assert "N1" in again.content.decode()


def test_an_owner_locks_lets_in_again_and_removes_its_own_people(voltara: Net, visit: Any) -> None:
    page = f"/people/{voltara.members['sales_a'].uid}/"
    assert visit(voltara, "owner_a", f"{page}edit/", {"title": "Counter"}).status_code == 302
    assert "Counter" in visit(voltara, "owner_a", page).content.decode()
    assert visit(voltara, "owner_a", f"{page}lock/", {}).status_code == 302
    assert "Locked" in visit(voltara, "owner_a", page).content.decode()
    for verb in ("unlock", "remove"):
        assert visit(voltara, "owner_south", f"{page}{verb}/", {}).status_code == 404
    assert visit(voltara, "owner_south", f"{page}edit/").status_code == 404
    assert visit(voltara, "owner_a", f"{page}unlock/", {}).status_code == 302
    assert visit(voltara, "owner_a", f"{page}remove/", {}).status_code == 302
    assert visit(voltara, "owner_a", page).status_code == 404


def test_people_of_rivals_are_not_listed(voltara: Net, visit: Any) -> None:
    text = visit(voltara, "owner_a", "/people/").content.decode()
    assert "sales_a@voltara" in text
    assert "sales_b@voltara" not in text
    assert "nordwerk" not in text


def test_territories_are_shared_but_their_partners_are_scoped(voltara: Net, visit: Any) -> None:
    assert "Voltara south_a" in visit(voltara, "owner_a", "/territories/").content.decode()
    north = voltara.territories["north"]
    text = visit(voltara, "owner_a", f"/territories/{north.uid}/").content.decode()
    assert "Voltara dealer_a" in text
    assert "Voltara dealer_b" not in text
