"""The operators' host: networks and logins, and no row of any network."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import Membership, Network, NetworkDomain, User
from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, DeliveryState, Event
from dnm.jobs.models import Job
from dnm.web.admin.sites import network_site, operator_site
from leads.domain.intake import capture_lead, screen_lead
from leads.models import RoutingPolicy
from partners.domain.networks import found_network
from partners.models import BusinessCalendar, Partner, Territory, TerritoryHolding
from tests.admin.visiting import ADMIN_HOST, Visitor, list_path, operator, row_path, visit
from tests.signing_in import sign_in
from tests.world import NOW, PASSWORD, Net

NETWORKS, USERS = "/admin/accounts/network/", "/admin/accounts/user/"
FOUNDING = {
    "slug": "acme",
    "name": "Acme Pumps",
    "country": "IN",
    "currency": "INR",
    "time_zone": "Asia/Kolkata",
    "language": "en",
    "locale": "en_IN",
    "administrator_name": "Asha Acme",
    "administrator_email": "Asha@acme.example",
}


@pytest.fixture
def op(db: Any) -> Visitor:
    return operator()


def events_of(network: Network, kind: str) -> list[Event]:
    with network_context(network):
        return list(Event.objects.filter(kind=kind))


def test_the_operators_site_knows_no_tenant_row(voltara: Net, op: Visitor) -> None:
    lead = voltara.accepted()
    assert {model._meta.label_lower for model in operator_site._registry} == {
        "accounts.network",
        "accounts.user",
    }
    for model in network_site._registry.keys() - operator_site._registry.keys():
        op.text(list_path(model), status=404)
    for row in (lead, voltara.partners["dealer_a"], voltara.members["sales_a"]):
        op.text(row_path(row), status=404)
    asked = {"app_label": "partners", "model_name": "partner", "field_name": "parent", "term": "Volt"}
    op.text("/admin/autocomplete/", asked, status=403)
    for path in ("/", "/leads/", "/api/v1/leads/", "/partners/"):
        assert "Voltara" not in op.get(path).content.decode()


def test_an_operator_is_a_stranger_in_a_network(voltara: Net) -> None:
    User.objects.create_user(email="op@platform.example", name="Op", password=PASSWORD, is_operator=True)
    client = Client()
    answer = client.post(
        "/accounts/login/",
        {"login": "op@platform.example", "password": PASSWORD},
        headers={"host": voltara.host},
    )
    assert answer.status_code == 302
    for path in ("/admin/", "/admin/partners/partner/", "/leads/"):
        assert client.get(path, headers={"host": voltara.host}).status_code == 403


def test_who_enters_the_operators_host(voltara: Net) -> None:
    assert Visitor(ADMIN_HOST).get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
    member = Visitor(ADMIN_HOST)
    sign_in(member.client, voltara, "administrator")
    assert member.get("/admin/").status_code == 302, "a network's session is nobody here"
    person = operator()
    User.objects.filter(email="operator@platform.example").update(is_operator=False)
    person.text("/admin/", status=403)


def test_logging_in_and_out_goes_through_the_portals_pages(db: Any) -> None:
    User.objects.create_user(email="op@platform.example", name="Op", password=PASSWORD, is_operator=True)
    client, host = Client(), {"host": ADMIN_HOST}
    assert client.get("/accounts/login/", headers=host).status_code == 200
    login = {"login": "op@platform.example", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/", login, headers=host)["Location"] == "/admin/"
    page = client.get("/admin/", headers=host)
    assert page.status_code == 200
    assert 'action="/accounts/logout/"' in page.content.decode()
    assert client.post("/accounts/logout/", headers=host).status_code == 302
    assert client.get("/admin/", headers=host).status_code == 302


def test_a_network_is_founded_ready_to_work(voltara: Net, op: Visitor) -> None:
    answer = op.post(f"{NETWORKS}add/", FOUNDING)
    assert answer.status_code == 302, answer.content.decode()[:500]
    network = Network.objects.get(slug="acme")
    assert answer["Location"] == row_path(network)
    with network_context(network):
        root, brand = Territory.objects.get(), Partner.objects.get()
        assert (root.parent, brand.kind, brand.state, brand.territory) == (None, "brand_owner", "live", root)
        assert BusinessCalendar.objects.get().time_zone == "Asia/Kolkata"
        holding = TerritoryHolding.objects.get()
        assert (holding.role, holding.content_object) == ("network_administrator", root)
        assert holding.membership.user.email == "asha@acme.example"
        lead = capture_lead(
            name="Ravi",
            phone="+91 98765 43210",
            consent=True,
            network=network,
            actor=Net(network).system,
            at=NOW,
        )
        assert screen_lead(lead=lead, actor=Net(network).system, at=NOW).state == "routing"
    (founded,) = events_of(network, "partners.network_founded")
    assert founded.actor_name == "Platform operator Platform Operator"
    with network_context(network):
        assert not RoutingPolicy.objects.exists()
        first_policy = Delivery.objects.get(event=founded, receiver="leads.first_policy")
    assert deliver_one(network.pk, first_policy.pk)
    with network_context(network):
        assert RoutingPolicy.objects.get().version == 1
    new = Net(network, members={"asha": holding.membership})
    visitor = Visitor(new.host)
    User.objects.filter(email="asha@acme.example").update(email="asha@acme.example")
    sign_in(visitor.client, new, "asha")
    text = visitor.text("/admin/partners/partner/")
    assert "Acme Pumps" in text
    assert "Voltara" not in text
    with network_context(voltara.network):
        assert Partner.objects.count() == len(voltara.partners)


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("slug", "voltara", "already"),
        ("slug", "admin", "cannot be used"),
        ("slug", "Not A Slug", "Lower-case letters"),
        ("country", "XQ", "two letters"),
        ("currency", "RUPEES", "at most 3"),
        ("currency", "XQX", "like INR"),
        ("locale", "xx_XX", "like en_IN"),
        ("administrator_email", "nonsense", "valid email"),
    ],
)
def test_a_network_is_not_founded_on_nonsense(
    voltara: Net, op: Visitor, field: str, wrong: str, told: str
) -> None:
    before = Network.objects.count()
    answer = op.post(f"{NETWORKS}add/", {**FOUNDING, field: wrong})
    assert answer.status_code in {200, 409, 422}
    assert told in answer.content.decode()
    assert Network.objects.count() == before
    assert not User.objects.filter(email="asha@acme.example").exists()


def test_networks_are_written_on_the_operators_host_only(voltara: Net, db: Any) -> None:
    person = User.objects.create_user(email="op@platform.example", name="Op", is_operator=True)
    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        network_context(voltara.network),
    ):
        found_network(**FOUNDING, operator=person, at=timezone.now())


def test_the_frame_of_a_network_is_changed_and_told_there(voltara: Net, op: Visitor) -> None:
    frame = {"name": "Voltara Ltd", "country": "IN", "currency": "INR", "time_zone": "Asia/Kolkata"}
    values = {**frame, "is_active": "on", "portal_name": "Hacked", "slug": "hacked"}
    assert op.post(row_path(voltara.network), values).status_code == 302
    voltara.network.refresh_from_db()
    assert (voltara.network.name, voltara.network.portal_name, voltara.network.slug) == (
        "Voltara Ltd",
        "",
        "voltara",
    )
    (changed,) = events_of(voltara.network, "partners.network_changed")
    assert changed.payload["fields"] == ["name"]
    assert op.post(row_path(voltara.network), frame).status_code == 302
    assert visit(voltara, "administrator").get("/admin/").status_code == 404, "an inactive network is no host"


def test_host_names(voltara: Net, nordwerk: Net, op: Visitor) -> None:
    path = row_path(voltara.network)
    for wrong in ("localhost", "nordwerk.localhost", "admin.localhost", "no host", "x", "a..b"):
        op.act(NETWORKS, "add_domain", voltara.network, apply="1", host=wrong)
    assert not NetworkDomain.objects.exists()
    op.text(path)
    op.act(NETWORKS, "add_domain", voltara.network, apply="1", host="Portal.Voltara.Example")
    assert NetworkDomain.objects.get().host == "portal.voltara.example"
    assert "portal.voltara.example" in op.text(path)
    op.act(NETWORKS, "add_domain", nordwerk.network, apply="1", host="portal.voltara.example")
    assert NetworkDomain.objects.get().network == voltara.network
    op.act(NETWORKS, "remove_domain", nordwerk.network, apply="1", host="portal.voltara.example")
    assert NetworkDomain.objects.count() == 1
    op.act(NETWORKS, "remove_domain", voltara.network, apply="1", host="portal.voltara.example")
    assert not NetworkDomain.objects.exists()
    assert len(events_of(voltara.network, "partners.network_changed")) == 2


def test_background_work_is_shown_after_saying_so(voltara: Net, nordwerk: Net, op: Visitor) -> None:
    voltara.offered()
    with network_context(voltara.network):
        dead = Delivery.objects.order_by("id")[0]
        Delivery.objects.filter(pk=dead.pk).update(
            state=DeliveryState.DEAD, error="ValueError: Voltara Prospect +919800000001"
        )
        Job.objects.create(
            membership=voltara.members["administrator"],
            kind="imports.apply",
            title="Voltara secret list.xlsx",
            created_at=NOW,
        )
    path = row_path(voltara.network).replace("change", "work")
    assert dead.receiver not in op.text(path)
    assert not events_of(voltara.network, "partners.operator_looked_in")
    assert op.post(path).status_code == 302
    assert len(events_of(voltara.network, "partners.operator_looked_in")) == 1
    text = op.text(path)
    for shown in (dead.receiver, "ValueError", "imports.apply", "1 failed for good"):
        assert shown in text
    for secret in ("Prospect", "+9198", "secret list"):
        assert secret not in text
    assert "Look in" in op.text(row_path(nordwerk.network).replace("change", "work"))
    administrator = visit(voltara, "administrator")
    assert "looked at background work" in administrator.text("/admin/events/event/")


def test_logins_are_closed_and_opened(voltara: Net, op: Visitor) -> None:
    user = voltara.members["administrator"].user
    administrator = visit(voltara, "administrator")
    administrator.text("/admin/")
    assert user.email in op.text(USERS)
    asked = op.act(USERS, "deactivate_login", user)
    assert (asked.status_code, User.objects.get(pk=user.pk).is_active) == (200, True)
    op.act(USERS, "deactivate_login", user, apply="1")
    assert administrator.get("/admin/").status_code == 302, "out at the next request"
    op.act(USERS, "reactivate_login", user)
    administrator.text("/admin/")
    op.act(USERS, "make_operator", user, apply="1")
    assert User.objects.get(pk=user.pk).is_operator
    op.act(USERS, "unmake_operator", user)
    assert not User.objects.get(pk=user.pk).is_operator
    assert not LogEntry.objects.exists()


def test_an_operator_does_not_close_the_own_door(op: Visitor) -> None:
    user = User.objects.get(email="operator@platform.example")
    for verb in ("deactivate_login", "unmake_operator"):
        op.act(USERS, verb, user, apply="1")
        assert "Another operator must do this" in op.text("/admin/")
    text = op.text(row_path(user))
    assert 'name="action"' not in text
    assert op.post(row_path(user), {"is_operator": "", "name": "X"}).status_code == 403
    assert op.get(f"{USERS}add/").status_code == 403


def test_members_cannot_be_read_on_the_operators_host(voltara: Net, op: Visitor) -> None:
    """The page of a login names no network: that would be tenant data."""
    text = op.text(row_path(voltara.members["sales_a"].user))
    assert "Voltara dealer_a" not in text
    assert not [field for field in ("membership", "roles") if f"field-{field}" in text]
    with network_context(voltara.network):
        assert Membership.objects.exists()
