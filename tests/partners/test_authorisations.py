"""Authorisations: what overlaps is refused, lines follow, routing asks, suppliers per line, the import."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client, RequestFactory

from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from dnm.web.timeline import lines_about
from leads.domain.candidates import candidates
from leads.models import Lead
from partners.domain.authorisations import (
    authorise_partner,
    end_authorisation,
    follow_the_calendar,
    supplier_of,
)
from partners.domain.partners import update_partner
from partners.models import Authorisation, Partner
from partners.permissions import PartnerCapability
from tests.world import NOW, Net

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def give(
    net: Net, partner: str = "dealer_a", territory: str | None = "north", **values: Any
) -> Authorisation:
    values = {
        "product_line": net.lines[values.pop("line", "pumps")],
        "activity": "sell",
        "valid_from": TODAY,
        "actor": net.actor("administrator"),
        "at": NOW,
        **values,
    }
    place = net.territories[territory] if territory else None
    return authorise_partner(partner=net.partners[partner], territory=place, **values)


def lines_of(net: Net, partner: str = "dealer_a") -> list[str]:
    ids = Partner.objects.get(code=partner).product_line_ids
    return sorted(code for code, line in net.lines.items() if line.pk in ids)


@pytest.mark.parametrize(
    ("first", "second", "overlaps"),
    [
        ("north", "north", True),
        ("north", "north_a", True),
        ("north_a", "north", True),
        ("root", "south_a", True),
        (None, "south_a", True),
        ("south", None, True),
        ("north", "south", False),
        ("north_a", "south_a", False),
    ],
)
def test_exclusive_territories_overlap_when_one_lies_in_the_other(
    voltara: Net, first: str | None, second: str | None, overlaps: bool
) -> None:
    with network_context(voltara.network):
        give(voltara, territory=first, is_exclusive=True)
        if overlaps:
            with pytest.raises(Conflict) as refused:
                give(voltara, "dealer_c", second, is_exclusive=True)
            assert refused.value.code == "exclusive"
        else:
            give(voltara, "dealer_c", second, is_exclusive=True)


@pytest.mark.parametrize(
    "other",
    [
        {"line": "drives"},
        {"activity": "service"},
        {"is_exclusive": False},
        {"valid_from": TODAY + 11 * DAY},
    ],
)
def test_another_line_activity_time_or_no_exclusivity_does_not_overlap(
    voltara: Net, other: dict[str, Any]
) -> None:
    with network_context(voltara.network):
        give(voltara, is_exclusive=True, valid_to=TODAY + 10 * DAY)
        give(voltara, "dealer_b", **{"is_exclusive": True, **other})


def test_the_last_day_is_included(voltara: Net) -> None:
    with network_context(voltara.network):
        give(voltara, is_exclusive=True, valid_to=TODAY + 10 * DAY)
        with pytest.raises(Conflict):
            give(voltara, "dealer_b", is_exclusive=True, valid_from=TODAY + 10 * DAY)


def test_the_database_is_the_judge(voltara: Net) -> None:
    """Past the verb, as SQL would do it."""
    with network_context(voltara.network):
        give(voltara, is_exclusive=True)
        row = give(voltara, "dealer_b")
        with pytest.raises(IntegrityError, match="partners_authorisation_exclusive"), transaction.atomic():
            Authorisation.objects.filter(pk=row.pk).update(is_exclusive=True)
        other = give(voltara, "dealer_c", "south", is_exclusive=True)
        with pytest.raises(IntegrityError, match="partners_authorisation_exclusive"), transaction.atomic():
            Authorisation.objects.filter(pk=other.pk).update(territory=voltara.territories["root"])


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_two_administrators_at_once(committed_world: tuple[Net, Net]) -> None:
    """L6: both ask at the same moment, one gets it."""
    net, _other = committed_world
    ready, told = threading.Barrier(2), []

    def ask(partner: str) -> None:
        try:
            with network_context(net.network):
                actor = net.actor("administrator")
                ready.wait(10)
                give(net, partner, actor=actor, is_exclusive=True)
            told.append("given")
        except Conflict as refused:
            told.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=[name]) for name in ("dealer_a", "dealer_b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["exclusive", "given"]


def test_the_same_twice_is_refused(voltara: Net) -> None:
    with network_context(voltara.network):
        give(voltara)
        with pytest.raises(Conflict) as refused:
            give(voltara, valid_from=TODAY + DAY)
        assert refused.value.code == "authorised-already"


def test_other_networks_do_not_overlap(voltara: Net, nordwerk: Net) -> None:
    for net in (voltara, nordwerk):
        with network_context(net.network):
            give(net, territory=None, is_exclusive=True)


@pytest.mark.parametrize("member", ["owner_north", "owner_a", "zone_north"])
def test_only_administrators_authorise(voltara: Net, member: str) -> None:
    with network_context(voltara.network), pytest.raises(NotAllowed):
        give(voltara, actor=voltara.actor(member))


def test_lines_follow_the_rights_to_sell(voltara: Net) -> None:
    with network_context(voltara.network):
        assert lines_of(voltara) == ["drives", "pumps"], "entered by hand"
        give(voltara, activity="service")
        assert lines_of(voltara) == ["drives", "pumps"], "service sells nothing"
        row = give(voltara)
        assert lines_of(voltara) == ["pumps"]
        give(voltara, line="drives", valid_from=TODAY + 3 * DAY)
        assert lines_of(voltara) == ["pumps"], "not yet"
        with pytest.raises(Invalid, match="follow"):
            update_partner(
                partner=voltara.partners["dealer_a"],
                changes={"product_lines": []},
                actor=voltara.actor("administrator"),
                at=NOW,
            )
        end_authorisation(
            authorisation=row, valid_to=TODAY + DAY, actor=voltara.actor("administrator"), at=NOW
        )
    network = voltara.network.pk
    assert follow_the_calendar(network_id=network, at=NOW + DAY) == 0, "the last day is included"
    assert follow_the_calendar(network_id=network, at=NOW + 2 * DAY) == 1
    with network_context(network):
        assert lines_of(voltara) == []
    assert follow_the_calendar(network_id=network, at=NOW + 5 * DAY) == 1, "catches up after a pause"
    assert follow_the_calendar(network_id=network, at=NOW + 5 * DAY) == 0
    with network_context(network):
        assert lines_of(voltara) == ["drives"]
        kinds = Event.objects.about(voltara.partners["dealer_a"]).values_list("kind", flat=True)
        assert list(kinds).count("partners.partner_lines_changed") == 3


def test_what_was_valid_was_valid(voltara: Net) -> None:
    with network_context(voltara.network):
        row = give(voltara, valid_from=TODAY - 9 * DAY)
        admin = voltara.actor("administrator")
        with pytest.raises(Invalid, match="today or later"):
            end_authorisation(authorisation=row, valid_to=TODAY - DAY, actor=admin, at=NOW)
        end_authorisation(authorisation=row, valid_to=TODAY, actor=admin, at=NOW)
        with pytest.raises(Conflict):
            end_authorisation(authorisation=row, valid_to=TODAY + DAY, actor=admin, at=NOW + DAY)


def ruled_out(net: Net, **values: Any) -> dict[str, str]:
    lead = Lead.objects.select_related("network", "product_line").get(pk=net.lead(**values).pk)
    return {one.partner.code: one.ruled_out for one in candidates(lead, radius_km=100, at=NOW)}


def test_routing_asks_for_line_and_place(voltara: Net) -> None:
    with network_context(voltara.network):
        assert ruled_out(voltara) == {"dealer_a": "", "dealer_b": "", "retailer_a": ""}
        give(voltara, territory="south")
        give(voltara, "dealer_b", "root")
        assert ruled_out(voltara) == {"dealer_a": "authorised", "dealer_b": "", "retailer_a": ""}
        assert ruled_out(voltara, product_line=voltara.lines["drives"])["dealer_b"] == "product_line"


def test_an_exclusive_seller_and_its_downstream_have_the_leads(voltara: Net) -> None:
    with network_context(voltara.network):
        give(voltara, is_exclusive=True)
        assert ruled_out(voltara) == {"dealer_a": "", "dealer_b": "exclusive", "retailer_a": ""}
        assert ruled_out(voltara, product_line=voltara.lines["drives"])["dealer_b"] == ""
    offer = voltara.offered()
    assert offer.partner.code == "dealer_a"


def test_a_line_bought_from_another_distributor(voltara: Net) -> None:
    """Nobody near can: the supplier of the line is asked, not the parent."""
    with network_context(voltara.network):
        for dealer in ("dealer_a", "dealer_b", "retailer_a"):
            give(voltara, dealer, supplier=voltara.partners["distributor_south"])
            give(voltara, dealer, line="drives")
        day, dealer = TODAY, voltara.partners["dealer_a"]
        assert supplier_of(partner=dealer, line=voltara.lines["pumps"], day=day).code == "distributor_south"
        assert supplier_of(partner=dealer, line=voltara.lines["drives"], day=day).code == "distributor_north"
        Partner.objects.filter(code__in=["dealer_a", "dealer_b", "retailer_a"]).update(kind="service_centre")
    assert voltara.offered().partner.code == "distributor_south"
    assert voltara.offered(product_line=voltara.lines["drives"]).partner.code == "distributor_north"


def test_the_supplier_and_the_parent_are_not_told_of_one_another(voltara: Net, client: Client) -> None:
    """Rivals: the supplier sees neither right nor partner, the parent the right and not from whom."""
    with network_context(voltara.network):
        row = give(voltara, supplier=voltara.partners["distributor_south"])
        for member in ("owner_south", "zone_south", "sales_b"):
            assert row not in Authorisation.objects.visible_to(voltara.actor(member), PartnerCapability.VIEW)
        assert row in Authorisation.objects.visible_to(voltara.actor("owner_north"), PartnerCapability.VIEW)

    def told(member: str) -> Any:
        answer = client.get("/api/v1/authorisations/", headers=voltara.bearer(member))
        (shown,) = answer.json()["results"]
        return shown["supplier"] and shown["supplier"]["name"]

    assert told("owner_north") is None
    assert told("administrator") == "Voltara distributor_south"


def test_by_api_and_on_the_page(voltara: Net, client: Client) -> None:
    body = {
        "partner": str(voltara.partners["dealer_a"].uid),
        "product_line": "pumps",
        "territory": str(voltara.territories["north"].uid),
        "activity": "sell",
        "is_exclusive": True,
        "valid_from": "2026-11-23",
    }
    how: Any = {"content_type": "application/json", "headers": voltara.bearer("administrator")}
    made = client.post("/api/v1/authorisations/", body, **how)
    assert made.status_code == 201, made.content
    twice = client.post(
        "/api/v1/authorisations/", {**body, "partner": str(voltara.partners["dealer_b"].uid)}, **how
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "exclusive")
    client.force_login(
        voltara.members["owner_a"].user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session["network"] = voltara.network.pk
    session.save()
    for path in (
        f"/partners/{body['partner']}/?tab=authorisations",
        "/authorisations/?time=coming",
        "/authorisations/",
    ):
        page = client.get(path, headers={"host": voltara.host})
        assert page.status_code == 200
    assert "Voltara pumps" in page.content.decode()
    ended = client.post(f"/api/v1/authorisations/{made.json()['id']}/end/", {"valid_to": "2099-01-01"}, **how)
    assert ended.json()["valid_to"] == "2099-01-01"


def test_the_timeline_tells_what_for_and_from_when(voltara: Net) -> None:
    with network_context(voltara.network):
        row = give(voltara)
        end_authorisation(
            authorisation=row, valid_to=TODAY + DAY, actor=voltara.actor("administrator"), at=NOW
        )
        partner = Partner.objects.get(code="dealer_a")
        lines = lines_about(partner, everything=False, request=RequestFactory().get("/"))
        told = {str(line.title): line.detail for line in lines}
    assert told["Authorised"].startswith("Sell · pumps · north, from ")
    assert "last day" in told["Authorisation ends"]
