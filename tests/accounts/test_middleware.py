"""The one middleware: host, network, transaction, rendering inside, and what is rolled back."""

import pytest
from django.db import connection
from django.test import Client

from dnm.accounts.models import Network
from dnm.accounts.tenancy import current_network_id, network_context
from partners.models import Partner
from tests.world import Net

Worlds = tuple[Net, Net]
roads = pytest.mark.urls("tests.accounts.roads")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def address_of(net: Net) -> str:
    with network_context(net.network):
        return str(Partner.objects.get(code="dealer_a").address)


@roads
def test_a_request_runs_in_its_hosts_network_as_the_application(
    committed_world: Worlds, visitor: Client
) -> None:
    for net in committed_world:
        answer = visitor.get("/settings/", headers={"host": net.host})
        assert answer.content.decode() == f"dnm_app {net.network.pk} True"
        assert current_network_id() is None
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('app.network', true), '')")
            assert cursor.fetchone() == ("",)


@roads
@pytest.mark.parametrize(
    ("status", "kept"), [(200, True), (302, True), (404, True), (422, True), (500, False), (503, False)]
)
def test_what_was_written_stays_below_500_only(
    committed_world: Worlds, visitor: Client, status: int, kept: bool
) -> None:
    voltara = committed_world[0]
    assert visitor.get(f"/writes/{status}/", headers={"host": voltara.host}).status_code == status
    assert address_of(voltara) == (f"status {status}" if kept else "")
    assert address_of(committed_world[1]) == ""


@roads
@pytest.mark.parametrize("path", ["/raises/", "/template/"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_view_or_template_that_breaks_leaves_nothing_behind(
    committed_world: Worlds, visitor: Client, path: str
) -> None:
    assert visitor.get(path, headers={"host": committed_world[0].host}).status_code == 500
    assert address_of(committed_world[0]) == ""


@roads
def test_a_streamed_body_is_refused_whoever_asks_for_it(committed_world: Worlds) -> None:
    with pytest.raises(RuntimeError, match="streamed body"):
        Client().get("/streamed/", headers={"host": committed_world[0].host})


@roads
def test_a_file_may_be_streamed(committed_world: Worlds, visitor: Client) -> None:
    answer = visitor.get("/file/", headers={"host": committed_world[0].host})
    assert answer.getvalue() == b"part one, part two"


@roads
def test_a_refusal_of_a_verb_is_a_page_with_its_status(committed_world: Worlds, visitor: Client) -> None:
    assert visitor.get("/refuses/", headers={"host": committed_world[0].host}).status_code == 409


@roads
@pytest.mark.parametrize(
    "host",
    ["stranger.localhost", "admin.voltara.localhost", "xvoltara.localhost", "voltara.localhost.localhost"],
)
def test_a_host_without_a_network_is_404(committed_world: Worlds, visitor: Client, host: str) -> None:
    assert visitor.get("/lazy/", headers={"host": host}).status_code == 404


@roads
@pytest.mark.parametrize("host", ["voltara.example", "evil.com", "voltara.localhost.evil.com"])
def test_a_host_that_is_none_of_ours_is_refused(committed_world: Worlds, visitor: Client, host: str) -> None:
    assert visitor.get("/lazy/", headers={"host": host}).status_code == 400


@roads
@pytest.mark.parametrize("host", ["VOLTARA.LOCALHOST", "voltara.localhost:8000", "Voltara.Localhost:80"])
def test_case_and_port_do_not_matter(committed_world: Worlds, visitor: Client, host: str) -> None:
    answer = visitor.get("/lazy/", headers={"host": host})
    assert answer.status_code == 200
    assert "Voltara dealer_a" in answer.content.decode()


@roads
def test_a_network_that_was_switched_off_answers_no_more(committed_world: Worlds, visitor: Client) -> None:
    voltara = committed_world[0]
    with network_context(voltara.network):
        Network.objects.filter(pk=voltara.network.pk).update(is_active=False)
    assert visitor.get("/lazy/", headers={"host": voltara.host}).status_code == 404
    assert visitor.get("/lazy/", headers={"host": committed_world[1].host}).status_code == 200


def test_the_bare_host_and_the_operators_host_have_no_tenant_pages(
    committed_world: Worlds, visitor: Client
) -> None:
    for host in ("localhost", "127.0.0.1", "admin.localhost"):
        for path in ("/partners/", "/leads/", "/api/v1/leads/", "/enquiry/"):
            assert visitor.get(path, headers={"host": host}).status_code == 404, (host, path)
    assert visitor.get("/admin/", headers={"host": "localhost"}).status_code == 404


def test_one_request_after_the_other_shares_nothing(committed_world: Worlds, visitor: Client) -> None:
    """The same thread and connection, alternating hosts."""
    for _ in range(3):
        for net, other in (committed_world, committed_world[::-1]):
            text = visitor.get("/accounts/login/", headers={"host": net.host}).content.decode()
            assert net.network.name in text
            assert other.network.name not in text
