"""Applications that come on paper and are written down by the network's people."""

from typing import Any

import pytest
from django.test import Client

from dnm.accounts.tenancy import network_context
from partners.domain.onboarding.links import live_link
from partners.models import Application
from tests.partners.taking_on import open_track
from tests.signing_in import sign_in
from tests.world import Net

PAPER = {
    "kind": "dealer", "organisation": "Iyer & Sons", "contact_name": "Meera Iyer",
    "email": "meera@iyer.example", "phone": "098765 43210", "postal_code": "NA1", "address": "Station Road 2",
    "message": "Two shops", "external_id": "FAIR-17", "consent": "on",
}  # fmt: skip


def send(net: Net, client: Client, person: str, **values: Any) -> Any:
    sign_in(client, net, person)
    return client.post("/applications/new/", {**PAPER, **values}, headers={"host": net.host})


def rows(net: Net) -> list[Application]:
    with network_context(net.network):
        return list(Application.objects.select_related("territory").order_by("pk"))


def test_a_paper_becomes_an_application_like_any_other(voltara: Net, client: Client) -> None:
    open_track(voltara)
    line = voltara.lines["pumps"]
    answer = send(voltara, client, "programme", product_lines=[str(line.uid)])
    (row,) = rows(voltara)
    assert (answer.status_code, answer["Location"]) == (302, row.get_absolute_url())
    assert (row.organisation, row.source, row.external_id) == ("Iyer & Sons", "staff", "FAIR-17")
    assert (row.territory.code, row.product_line_ids, row.consent) == ("north_a", [line.pk], True)
    with network_context(voltara.network):
        assert row.items.count() == 1
        assert live_link(row, row.created_at) is not None


def test_the_same_paper_twice_is_one_application(voltara: Net, client: Client) -> None:
    open_track(voltara)
    send(voltara, client, "programme")
    answer = send(voltara, client, "administrator", organisation="Iyer and Sons")
    assert answer.status_code == 422
    assert "This paper was entered before." in answer.content.decode()
    assert len(rows(voltara)) == 1
    assert send(voltara, client, "administrator", external_id="").status_code == 302
    assert len(rows(voltara)) == 2


def test_what_lies_in_another_zone_goes_there(voltara: Net, client: Client) -> None:
    open_track(voltara)
    answer = send(voltara, client, "zone_south")
    assert (answer.status_code, answer["Location"]) == (302, "/applications/")
    assert len(rows(voltara)) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "retailer"}, "kind"),
        ({"consent": ""}, "consent"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"product_lines": ["pumps"]}, "product_lines"),
    ],
)
def test_faults_stand_at_their_fields(
    voltara: Net, client: Client, values: dict[str, Any], field: str
) -> None:
    open_track(voltara)
    answer = send(voltara, client, "programme", **values)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert rows(voltara) == []


def test_without_a_track_the_page_says_so(voltara: Net, client: Client) -> None:
    sign_in(client, voltara, "administrator")
    page = client.get("/applications/new/", headers={"host": voltara.host})
    assert "No track is in force" in page.content.decode()
    assert send(voltara, client, "administrator").status_code == 422
    assert rows(voltara) == []
